import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PAGE_TOKENS, templateOf } from '../lib/support/stack.ts';
import { findChromium, openPage, startBrowser, type WatchedPage } from './support/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from './support/openid-provider.ts';
import { startTokenApi, type TokenApi } from './support/token-api.ts';

const CLIENT_ID = 'spa-7';
const AUDIENCE = 'extraction-monitor';
const QUICK = { timeout: 10_000 };

describe.skipIf(!findChromium())('signing in', () => {
  let browser: Browser;
  let api: TokenApi;
  let provider: OpenIdProvider;
  let admitted: readonly string[];
  let opened: WatchedPage;

  beforeAll(async () => {
    const openRoutes = routesWithoutAuthorizer();
    api = await startTokenApi(0, () => ({
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      scope: 'jobs',
      audience: AUDIENCE,
      openRoutes,
      organizations: admitted,
    }));
    [provider, browser] = await Promise.all([
      startOpenIdProvider(CLIENT_ID, `${api.url}/`),
      startBrowser(),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await provider?.close();
    await api?.close();
  });

  beforeEach(async () => {
    Object.assign(provider.next, { audience: AUDIENCE, seconds: 3_600 });
    admitted = [CLIENT_ID];
    opened = await openPage(browser, `${api.url}/#/runs?state=Failed`);
  });

  it('shows the view that was asked for, and keeps the token in memory alone', async () => {
    const { page, faults, requests } = opened;
    const fetched = new Set<string>();
    page.on('request', (request) => {
      if (request.resourceType() === 'fetch') fetched.add(new URL(request.url()).origin);
    });
    const tokens = tokensOf(page);
    await page.getByText('Sign in to see the runs.').waitFor(QUICK);
    await signIn(page);
    await page.getByText('No run fits.').waitFor(QUICK);
    expect(page.url()).toBe(`${api.url}/#/runs?state=Failed`);

    const [token = ''] = await tokens;
    expect(token).toMatch(/^ey/);
    const kept = await page.evaluate<string>(
      'JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])',
    );
    expect(kept).toBe('[{},{},"",null]');
    expect(requests.join()).not.toContain(token);
    expect(JSON.stringify(api.logged)).not.toContain(token);
    expect(fetched).toEqual(new Set([api.url, provider.issuer]));
    expect(faults).toEqual([]);

    await page.reload();
    await page.getByText('Sign in to see the runs.').waitFor(QUICK);
  });

  it('tells when the session has ended, and takes it up again', async () => {
    const { page } = opened;
    provider.next.seconds = 3;
    await signIn(page);
    await page.getByText('No run fits.').waitFor(QUICK);
    await page.getByText('Your session has ended.').waitFor(QUICK);
    expect(await page.getByText('No run fits.').count()).toBe(0);
    provider.next.seconds = 3_600;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('No run fits.').waitFor(QUICK);
  });

  it('tells who refuses: the reader, the issuer, the API', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Cancel').click();
    await page.getByText('You are not signed in').waitFor(QUICK);
    expect(page.url()).toBe(`${api.url}/#/runs?state=Failed`);

    provider.next.audience = 'somebody-else';
    await signIn(page);
    await page.getByText('the API does not take your token').waitFor(QUICK);

    provider.next.audience = AUDIENCE;
    admitted = ['another client'];
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are not admitted.').waitFor(QUICK);
  });

  it('is asked for on every view, also after a key that finds runs', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Now' }).click();
    await page.keyboard.press('/');
    await expect.poll(() => page.url()).toMatch(/#\/runs$/);
    await page.getByRole('link', { name: 'iModels' }).click();
    await page.waitForTimeout(500);
    expect(page.url()).toMatch(/#\/imodels$/);
  });

  it('is refused in words by a browser that keeps nothing', async () => {
    const { page } = opened;
    const blocked = "{ get() { throw new Error('Access is denied') } }";
    await page.addInitScript(`Object.defineProperty(window, 'sessionStorage', ${blocked})`);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).click(QUICK);
    await page.getByText(/^One cannot sign in at .*: Access is denied\.$/).waitFor(QUICK);
  });

  it('says so while the issuer does not answer, and can be tried again', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByPlaceholder('Enter any login').waitFor(QUICK);
    await page.route(`${provider.issuer}/**`, () => {});
    await page.goto(`${api.url}/?code=any&state=any`);
    await page.getByText('Signing in…').waitFor(QUICK);
    await page.unrouteAll();
    await signIn(page);
    await page.getByText('No run fits.').waitFor(QUICK);
  });

  it('takes no answer that it did not ask for', async () => {
    const { page } = opened;
    await page.goto(`${api.url}/?code=stolen&state=guessed`);
    await page.getByText('You are not signed in').waitFor(QUICK);
    expect(page.url()).toBe(`${api.url}/`);
    const asked = page.waitForRequest((request) => request.url().includes('response_type=code'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    const { searchParams } = new URL((await asked).url());
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    await page.getByPlaceholder('Enter any login').waitFor(QUICK);
    await page.goto(`${api.url}/?code=stolen&state=${searchParams.get('nonce')}`);
    await page.getByText('You are not signed in').waitFor(QUICK);
  });
});

/** As the provider's own pages have it. */
async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByPlaceholder('Enter any login').fill('ada');
  await page.getByPlaceholder('and password').fill('a password');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** The token that the provider gives next. */
async function tokensOf(page: Page): Promise<readonly string[]> {
  const response = await page.waitForResponse(
    (each) => each.url().endsWith('/token') && each.request().method() === 'POST',
  );
  const { access_token: token } = await response.json();
  return [token];
}

function routesWithoutAuthorizer(): readonly string[] {
  const template = templateOf({ tokens: PAGE_TOKENS });
  return Object.values(template.findResources('AWS::ApiGatewayV2::Route'))
    .filter(({ Properties }) => Properties.AuthorizationType === 'NONE')
    .map(({ Properties }) => Properties.RouteKey);
}
