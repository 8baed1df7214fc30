import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNamesEndpoint } from '../../../../functions/adapters/itwin/names-endpoint.ts';
import type { NameAnswer, Named } from '../../../../functions/core/alerts/log-digest.ts';
import { SECOND } from '../../../../functions/core/time.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

const ID = 'B0D3C9F2-4e7a-4d15-9c68-1f5a7e20d843';
const LOWERED = ID.toLowerCase();
const MAPPINGS = '/grouping-and-mapping/datasources/imodel-mappings';
const NOW = Date.UTC(2026, 0, 1);
const TOKEN = 'a-token-of-some-length';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

function ask(named: Named = { kind: 'iModel', id: ID }, options = {}): Promise<NameAnswer> {
  const endpoint = createNamesEndpoint({ apiUrl: server.url, now: () => NOW, ...options });
  return endpoint.ask(named, TOKEN, new AbortController().signal);
}

function answerWith(status: number, body: unknown, headers = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  server.answer((_request, response) => response.writeHead(status, headers).end(text));
}

describe('a name', () => {
  it.each([
    [{ kind: 'iModel', id: ID }, `/imodels/${LOWERED}`, 2, { iModel: { displayName: 'A' } }],
    [{ kind: 'mapping', id: ID }, `${MAPPINGS}/${LOWERED}`, 1, { mapping: { mappingName: 'A' } }],
    [
      { kind: 'group', id: ID, mappingId: ID },
      `${MAPPINGS}/${LOWERED}/groups/${LOWERED}`,
      1,
      { group: { groupName: 'A' } },
    ],
  ] as const)('of %o is where upstream documents it', async (named, path, version, body) => {
    answerWith(200, body);
    await expect(ask(named)).resolves.toEqual({ kind: 'Name', name: 'A' });
    expect(server.requests[0]).toMatchObject({
      url: path,
      headers: {
        accept: `application/vnd.bentley.itwin-platform.v${version}+json`,
        authorization: `Bearer ${TOKEN}`,
      },
    });
  });

  it('is on one line, short, and without our token', async () => {
    const displayName = `Tower\n\u202EB ${TOKEN} ${'x'.repeat(1_000)}`;
    answerWith(200, { iModel: { displayName } });
    const answer = await ask();
    expect(answer).toMatchObject({
      kind: 'Name',
      name: expect.stringMatching(/^Tower B \(a secret\) x+\.\.\.$/),
    });
    expect(JSON.stringify(answer).length).toBeLessThan(240);
  });

  it.each([
    [200, {}],
    [200, { iModel: { displayName: 7 } }],
    [200, { iModel: { displayName: ' ' } }],
    [200, '<html>'],
    [302, ''],
    [401, ''],
    [403, ''],
    [404, ''],
    [500, ''],
  ])('is none when upstream answers %i with %o', async (status, body) => {
    answerWith(status, body, { location: 'http://127.0.0.1:1/' });
    await expect(ask()).resolves.toMatchObject({ kind: 'Unreadable' });
    expect(server.requests).toHaveLength(1);
  });

  it('is none when no answer comes', async () => {
    server.answer(() => undefined);
    const asking = ask(undefined, { timeoutMs: 50 });
    await expect(asking).resolves.toMatchObject({ kind: 'Unreadable' });
  });

  it('that is limited says until when', async () => {
    answerWith(429, '', { 'retry-after': '30' });
    const retryAt = NOW + 30 * SECOND;
    await expect(ask()).resolves.toMatchObject({ kind: 'RateLimited', retryAt });
    answerWith(403, '', { 'retry-after': '30' });
    const cause = 'QuotaUsedUp';
    await expect(ask()).resolves.toMatchObject({ kind: 'RateLimited', retryAt, cause });
  });

  it('is never asked of anything but a UUID', async () => {
    await expect(ask({ kind: 'mapping', id: '../../imodels' })).rejects.toThrow(TypeError);
    expect(server.requests).toEqual([]);
  });
});
