import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../../../functions/api/create-api.ts';
import type { PageSettings } from '../../../../functions/api/routes/page.ts';
import { buildPage } from '../../../../page/build.ts';
import { apiEvent, type TestRequest } from '../support/api-event.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const MOST_BYTES = 30_000;
const FILES = ['/', '/page.js', '/page.css', '/icon.svg'];
const SIGN_IN = { issuer: 'https://ims.example.com', clientId: "spa-'7'", scope: 'itwin-platform' };
const NOBODY = { clientIds: ['service-1'], subjects: [], organizations: [] };

const built = mkdtempSync(join(tmpdir(), 'page-'));
const folder = pathToFileURL(`${built}/`);
let api: TestApi;

beforeAll(async () => {
  buildPage(built);
  api = await startTestApi();
});
afterAll(async () => {
  await api.close();
  rmSync(built, { recursive: true });
});

/** What a browser without any token gets of an API that lets in almost nobody. */
function get(path: string, request: TestRequest = {}, page: Partial<PageSettings> = {}) {
  return startFunction(page)(path, request);
}

/** The same, of one start of the function. */
function startFunction(page: Partial<PageSettings>) {
  const settings = {
    admittedCallers: NOBODY,
    remindAfterMinutes: 0,
    apiUrl: new URL('https://a.b'),
  };
  const handler = createApi(api.ports, { ...settings, page: { folder, ...page } });
  return async (path: string, request: TestRequest = {}) => {
    const result = await handler(apiEvent('GET', path, request), {} as Context);
    const { statusCode, headers = {}, body = '' } = result;
    return { statusCode, headers, body };
  };
}

const ZIP = { headers: { 'accept-encoding': 'gzip, deflate, br' } };

describe('the page', () => {
  it('is given to everybody, and nothing else is', async () => {
    for (const path of FILES) expect((await get(path)).statusCode, path).toBe(200);
    for (const path of ['/jobs', '/health', '/page.js/', '/page.jsx', '/index.html', '//page.js'])
      expect((await get(path)).statusCode, path).toBe(403);
  });

  it('takes at most 30 kB to have all of it', async () => {
    const sizes = await Promise.all(
      FILES.map(async (path) => Buffer.from((await get(path, ZIP)).body, 'base64').length),
    );
    const all = sizes.reduce((sum, size) => sum + size);
    console.log(
      `the page, gzipped: ${all} bytes (${FILES.map((f, i) => `${f} ${sizes[i]}`).join(', ')})`,
    );
    expect(all).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('is the same, zipped or not', async () => {
    for (const path of FILES) {
      const { body, headers } = await get(path, ZIP);
      expect(headers).toMatchObject({ 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
      expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe((await get(path)).body);
    }
  });

  it.each([
    ['gzip;q=0', false],
    ['br, gzip; q=0.000, identity', false],
    ['gzip;q=0.5', true],
    ['gzip;q=0.05, br', true],
  ])('is zipped for who takes that: %s', async (accepted, isZipped) => {
    const { headers } = await get('/', { headers: { 'accept-encoding': accepted } });
    expect(headers['Content-Encoding'] === 'gzip').toBe(isZipped);
  });

  it('is asked about each time, and its parts only when they are others', async () => {
    const { headers, body } = await get('/');
    expect(headers).toMatchObject({ 'Cache-Control': 'no-cache' });
    const versioned = await get('/', { query: 'v=1' });
    expect(versioned.headers).toMatchObject({ 'Cache-Control': 'no-cache' });
    const known = { headers: { 'if-none-match': String(headers.ETag) } };
    expect(await get('/', known)).toMatchObject({ statusCode: 304, body: '' });
    const [, script = '', query = ''] = /src="(page\.js)\?(v=\w+)"/.exec(body) ?? [];
    const part = await get(`/${script}`, { query });
    expect(part.headers).toMatchObject({ 'Cache-Control': expect.stringContaining('immutable') });
  });

  it('is not kept for good as a version that it is not, which another function gives out', async () => {
    for (const path of FILES) {
      const { headers } = await get(path, { query: 'v=0123456789ab' });
      expect(headers, path).toMatchObject({ 'Cache-Control': 'no-cache' });
    }
  });

  it('lets no script but its own run, and speaks to nobody else', async () => {
    const { headers, body } = await get('/');
    const policy = String(headers['Content-Security-Policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(body).not.toMatch(/<script[^>]*>[^<]|<style| style=| on\w+=|https?:/);
  });
});

describe('the folder of the page', () => {
  let cleaned: string;
  beforeEach(() => {
    cleaned = mkdtempSync(join(tmpdir(), 'cleaned-'));
    cpSync(built, cleaned, { recursive: true });
  });
  afterEach(() => rmSync(cleaned, { recursive: true, force: true }));

  it('may be gone once the function has begun', async () => {
    const ask = startFunction({ folder: pathToFileURL(`${cleaned}/`) });
    expect((await ask('/')).statusCode).toBe(200);
    rmSync(cleaned, { recursive: true });
    for (const path of FILES) expect((await ask(path)).statusCode, path).toBe(200);
  });

  it('is read again by who asks, where it was not there at first', async () => {
    rmSync(cleaned, { recursive: true });
    const ask = startFunction({ folder: pathToFileURL(`${cleaned}/`) });
    expect((await ask('/')).statusCode).toBe(500);
    cpSync(built, cleaned, { recursive: true });
    for (const path of FILES) expect((await ask(path)).statusCode, path).toBe(200);
  });
});

describe('the page of an API for tokens', () => {
  it('is told how to sign in, and may speak to the issuer besides', async () => {
    const { headers, body } = await get('/', {}, { signIn: SIGN_IN });
    expect(headers['Content-Security-Policy']).toContain(
      "connect-src 'self' https://ims.example.com;",
    );
    expect(body).toContain(`content='${JSON.stringify(SIGN_IN).replaceAll("'", '&#39;')}'`);
  });
});
