import { createHash, createHmac } from 'node:crypto';

/** The signature that API Gateway expects, by the rules of Signature Version 4. */
export async function expectedSignature(request: Request, secret: string): Promise<string> {
  const { authorization = '', ...headers } = Object.fromEntries(request.headers);
  const url = new URL(request.url);
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/(\S+), SignedHeaders=(\S+),/.exec(authorization) ?? [];
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const canonical = [
    request.method,
    url.pathname,
    query.toSorted().join('&'),
    ...names.split(';').map((name) => `${name}:${name === 'host' ? url.host : headers[name]}`),
    '',
    names,
    sha256(await request.clone().text()),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, text: string) =>
    createHmac('sha256', key).update(text).digest();
  return hmac(scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`), toSign).toString(
    'hex',
  );
}
