import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { isNamedBy, tagOf } from '../http/answers.ts';
import type { ApiEvent, ApiResult, ApiRoute } from '../http/route.ts';

/** How readers of the page sign in, where the API asks for tokens. */
export interface SignIn {
  /** Who issues the tokens; what it can do is told below this address [OpenID Connect Discovery 1.0]. */
  readonly issuer: string;
  /** A public client of the issuer: it has no secret. */
  readonly clientId: string;
  /** What the token is asked for, in words of the issuer's with blanks between them. */
  readonly scope: string;
}

/** Where the page is. */
export interface PageSettings {
  /** The folder that `page/build.ts` wrote, with a slash at its end. */
  readonly folder: URL;
  readonly signIn?: SignIn;
}

/**
 * The page's own files, by path. They hold no data, so whoever asks gets them, even where every other
 * route asks for a token. `lib/registration-api.ts` has the same paths.
 */
const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
};

/** Whether a request is for a file of the page. */
export function isForPage({ rawPath, requestContext }: ApiEvent): boolean {
  return requestContext.http.method === 'GET' && Object.hasOwn(FILES, rawPath);
}

/** `GET /` and the files that it names: 200, or 304. */
export function pageRoutes({ folder, signIn }: PageSettings): readonly ApiRoute[] {
  const policy = contentSecurityPolicy(signIn);
  const files = Object.entries(FILES);
  const readAll = () =>
    Promise.all(
      files.map(([path, { name }]) =>
        read(new URL(name, folder), path === '/' ? signIn : undefined),
      ),
    );
  // Later they may be gone: a local run has them among temporary files, which the system tidies up.
  const early = readAll();
  // Unheard, a failure would end the function. Who asks for a file reads again, and gets what is wrong.
  early.catch(() => undefined);
  return files.map(([path, { type }], index) => ({
    method: 'GET',
    path,
    handler: async (event) => {
      const { tag, version, text } = (await early.catch(readAll))[index] as PageFile;
      const headers = {
        ETag: tag,
        // The address of a script has its version in it; that of the page must not be taken for one. During a
        // deployment, who has the new page may be given the old script: for good, it would be with the new one.
        'Cache-Control':
          path !== '/' && event.rawQueryString === `v=${version}`
            ? 'public, max-age=31536000, immutable'
            : 'no-cache',
        Vary: 'Accept-Encoding',
        'Content-Security-Policy': policy,
        'Cross-Origin-Opener-Policy': 'same-origin',
      };
      if (isNamedBy(event.headers['if-none-match'], tag)) return { statusCode: 304, headers };
      return body({ ...headers, 'Content-Type': type }, event, text);
    },
  }));
}

/** A file as it is told, its entity tag, and the version that `page/build.ts` has in its address. */
interface PageFile {
  readonly tag: string;
  readonly version: string;
  readonly text: string;
}

/** A weight of 0 says that it is not taken [RFC 9110, section 12.4.2]. */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;

/** API Gateway compresses nothing. */
function body(headers: Record<string, string>, event: ApiEvent, text: string): ApiResult {
  if (!TAKES_GZIP.test(event.headers['accept-encoding'] ?? '')) {
    return { statusCode: 200, headers, body: text };
  }
  return {
    statusCode: 200,
    headers: { ...headers, 'Content-Encoding': 'gzip' },
    // Not at the start of the function, which hardly ever is for the page.
    body: gzipSync(text, { level: 9 }).toString('base64'),
    isBase64Encoded: true,
  };
}

/** As many as `page/build.ts` writes. */
const VERSION_DIGITS = 12;

async function read(file: URL, signIn: SignIn | undefined): Promise<PageFile> {
  const written = await readFile(file, 'utf8');
  const text = signIn ? withSignIn(written, signIn) : written;
  const version = createHash('sha256').update(written).digest('hex').slice(0, VERSION_DIGITS);
  return { tag: tagOf(text), version, text };
}

/** The page reads there how to sign in; without it, it has nobody sign in. */
function withSignIn(html: string, signIn: SignIn): string {
  const content = JSON.stringify(signIn).replaceAll('&', '&amp;').replaceAll("'", '&#39;');
  return html.replace('</head>', () => `<meta name="sign-in" content='${content}'></head>`);
}

/**
 * Nothing inline, nothing from elsewhere, and no text that becomes markup: what is hostile in a label
 * or a log message stays text. The issuer alone is asked besides.
 */
function contentSecurityPolicy(signIn: SignIn | undefined): string {
  const issuer = signIn ? ` ${new URL(signIn.issuer).origin}` : '';
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
    `connect-src 'self'${issuer}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ` +
    "require-trusted-types-for 'script'; trusted-types 'none'"
  );
}
