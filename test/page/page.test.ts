import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_STATES } from '../../cli/option-values.ts';
import { findChromium, openPage, startBrowser, type WatchedPage } from './support/browser.ts';
import { type Monitor, startMonitor } from './support/monitor.ts';

const IMODEL_ID = '5e19bee0-3aea-4355-a9f0-c6df9989ee7d';
const LINK = 'https://127.0.0.1/grouping-and-mapping/datasources/imodel-mappings/extractions';
const QUICK = { timeout: 20_000 };
const SUCCESS = [{ answer: { state: 'Succeeded', reason: 'Completed' } }];

let monitor: Monitor;
let browser: Browser;
let failed: string;

if (!findChromium())
  console.warn('No Chromium here: the page is not looked at. See CONTRIBUTING.md.');

describe.skipIf(!findChromium())('the page', () => {
  beforeAll(async () => {
    [monitor, browser] = await Promise.all([startMonitor(), startBrowser()]);
    // Long enough to be seen under way, or nobody knows how long it took.
    failed = await monitor.run({ scenario: 'fails', scale: 0.4 }, 'Water works');
    await monitor.run({ scenario: 'succeedsWithIssues', scale: 0.1 }, 'Opera house');
    await monitor.run({ scenario: 'staysRunning' }, 'Tower B, nightly');
    await monitor.run({ steps: SUCCESS }, 'Tower C, nightly');
    await monitor.reaches(failed, 'Failed');
  });

  afterAll(async () => {
    await browser?.close();
    await monitor?.stop();
  });

  const open = (hash = '', options?: object): Promise<WatchedPage> =>
    openPage(browser, `${monitor.url}/${hash}`, options);

  it('tells what goes on: failures first, what runs, and folded what went well', async () => {
    const { page, faults, requests } = await open();
    const first = page.getByRole('list', { name: 'need a look' }).getByRole('listitem').first();
    await first.getByText('Failed').waitFor();
    expect(await first.innerText()).toContain("Mapping 'Structure' could not be extracted");
    const running = page.getByRole('list', { name: 'under way' }).getByText('Tower B, nightly');
    await running.waitFor(QUICK);
    const well = page.getByRole('list', { name: 'went well' });
    expect(await well.isVisible()).toBe(false);
    await page.getByRole('heading', { name: 'Went well' }).click();
    await well.getByText('Tower C, nightly').waitFor();
    await page.getByText('The monitor is well').waitFor();
    expect(faults).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(monitor.url))).toEqual([]);
    // A short list takes one request.
    const lists = requests.filter((url) => url.includes('/jobs?'));
    expect(lists.length).toBeGreaterThan(1);
    expect(lists.filter((url) => !url.endsWith('limit=100'))).toEqual([]);
    await page.context().close();
  });

  it('shows how the runs of the last 30 days ended, label by label, and asks for it once', async () => {
    const { page, requests } = await open();
    const figures = page.getByRole('list', { name: 'last 30 days' });
    const row = figures.getByRole('listitem').filter({ hasText: 'Water works' });
    await row.getByText('1 failed or lost').waitFor(QUICK);
    expect(await row.innerText()).toMatch(/so far \d+ s[\s\S]*1 run$/);
    await row.getByRole('img', { name: 'Failed 1' }).waitFor();
    await figures
      .getByRole('listitem')
      .filter({ hasText: 'Opera' })
      .getByText('None failed')
      .waitFor();
    // Every answer of it reads the runs of a month, which cost money.
    const lists = () => requests.filter((url) => url.includes('/jobs?')).length;
    const before = lists();
    await expect.poll(lists, QUICK).toBeGreaterThan(before + 1);
    expect(requests.filter((url) => url.endsWith('/statistics'))).toHaveLength(1);
    await row.getByRole('link').click();
    await expect.poll(() => page.url()).toMatch(/#\/runs\?labelPrefix=Water(\+|%20)works$/);
    await page.context().close();
  });

  it('changes as runs go on, and says nothing anew that it knows', async () => {
    const { page } = await open();
    const statuses: number[] = [];
    page.on('response', (response) => statuses.push(response.status()));
    const jobId = await monitor.run({ scenario: 'fails', scale: 0.6 }, 'Metro station 9');
    const row = page.getByRole('listitem').filter({ hasText: 'Metro station 9' });
    await row.getByText('Running').waitFor(QUICK);
    await row.getByText('Failed').waitFor(QUICK);
    await row.getByRole('link').click();
    await page.getByText('Why it failed').waitFor();
    expect(page.url()).toContain(`#/runs/${jobId}`);
    await expect.poll(() => statuses, QUICK).toContain(304);
    await page.context().close();
  });

  it('tells all about a run that the mail tells', async () => {
    const { page } = await open(`#/runs/${failed}`);
    await page.getByText('What its logs say').waitFor();
    const text = await page.locator('main').innerText();
    for (const part of ['Water works', 'Why it failed', 'No such class', 'Registered'])
      expect(text).toContain(part);
    expect(text).toMatch(/Alert\s+sent/);
    const time = page.locator('main time').first();
    expect(await time.getAttribute('title')).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    await page.context().close();
  });

  it('has its filters in the address, both ways', async () => {
    const { page } = await open('#/runs?state=Failed&labelPrefix=Water');
    const runs = page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
    await expect.poll(() => runs.count()).toBe(1);
    await page.getByLabel('State').selectOption('');
    await page.getByLabel('Label begins with').fill('Tower');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(/#\/runs\?labelPrefix=Tower$/);
    await expect.poll(() => runs.count()).toBe(2);
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect.poll(() => runs.count()).toBeGreaterThan(3);
    await page.context().close();
  });

  it('has all filters of the API, and keeps those of an address that are not changed', async () => {
    const { page } = await open('#/runs?containsIssues=true&state=Succeeded&state=Failed');
    const runs = page.getByRole('list', { name: 'Runs' });
    await runs.getByText('Opera house').waitFor();
    await runs.getByText('Water works').waitFor();
    expect(await runs.getByText('Tower').count()).toBe(0);
    await page.getByLabel('Label begins with').fill('Opera');
    await page.keyboard.press('Enter');
    await expect.poll(() => runs.getByRole('listitem').count()).toBe(1);
    expect(new URL(page.url()).hash).toContain('state=Succeeded%2CFailed&containsIssues=true');
    const states = page.locator('select[name=state] option');
    const words = await states.evaluateAll((all) => all.map((each) => Object(each).value));
    expect(words).toEqual(expect.arrayContaining([...JOB_STATES]));
    await page.getByLabel('Issues').selectOption('without');
    await page.getByText('No run fits.').waitFor();
    await page.context().close();
  });

  it('is gone through by keys alone', async () => {
    const { page } = await open();
    await page.getByText('Water works').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    const name = await focused();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name }).waitFor();
    // The link that had it is gone.
    const holder = () => page.evaluate<string>('document.activeElement.tagName');
    await expect.poll(holder).toBe('MAIN');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).toMatch(/#\/$/);
    await page.keyboard.press('/');
    const isSearch = () =>
      page.evaluate<boolean>("document.activeElement.matches('[type=search]')");
    await expect.poll(isSearch).toBe(true);
    await page.context().close();
  });

  it('registers by id or link, stops a watch and takes it up again', async () => {
    const { page } = await open();
    const register = async (run: string, label: string) => {
      await page.getByRole('button', { name: 'Register a run' }).click();
      await page.getByLabel('Link to its status').fill(run);
      await page.getByLabel('What to call it').fill(label);
      await page.getByRole('button', { name: 'Watch it' }).click();
    };
    await register('not an id', 'Harbour');
    await page.getByRole('alert').getByText('must be the id of a job').waitFor();
    await page.keyboard.press('Escape');
    await register(`${LINK}/6b7d7a04-93a1-4c8b-9d3a-0f6b5d3e7a21`, 'Harbour');
    await page.getByRole('alert').getByText('statusUrl').waitFor();
    await page.keyboard.press('Escape');
    const jobId = await monitor.run({ scenario: 'staysRunning' }, 'Theatre');
    await register(jobId, 'Theatre');
    await page.getByRole('heading', { name: 'Theatre' }).waitFor();
    await page.getByRole('button', { name: 'Stop watching' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop watching' }).click();
    await page.locator('.lead').getByText('Cancelled').waitFor();
    await page.getByRole('button', { name: 'Watch again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Watch again' }).click();
    await page.locator('.lead').getByText('Running').waitFor(QUICK);
    // When it was registered first is on record no more.
    const times = await page
      .locator('.history time')
      .evaluateAll((all) => all.map((each) => String(Object(each).dateTime)));
    expect(times.length).toBeGreaterThan(2);
    expect(times).toEqual(times.toSorted());
    await page.context().close();
  });

  it.each([
    { what: 'a run that was registered before a clock was set back', left: 0, isFirst: true },
    { what: 'a run whose reopening is left out', left: 60, isFirst: false },
  ])('tells the history of $what', async ({ left, isFirst }) => {
    const { page } = await openPage(browser, 'about:blank');
    const job = await monitor.get<object>(`/jobs/${failed}`);
    const odd = { ...job, registeredAt: '2030-01-01T00:00:00.000Z', transitionsDropped: left };
    await page.route(`**/jobs/${failed}`, (route) => route.fulfill({ json: odd }));
    await page.goto(`${monitor.url}/#/runs/${failed}`);
    const first = await page.locator('.history .state').first().innerText();
    expect(first === 'Registered').toBe(isFirst);
    await page.context().close();
  });

  it('does not say how long a run waited that was never seen running', async () => {
    const { page } = await openPage(browser, 'about:blank');
    const job = await monitor.get<object>(`/jobs/${failed}`);
    const times = { registeredAt: '2026-02-10T12:00:00Z', endedAt: '2026-02-10T12:15:00Z' };
    const jobs = [
      { ...job, ...times, jobId: 'seen', runningAt: '2026-02-10T12:05:00Z' },
      { ...job, ...times, jobId: 'unseen', runningAt: null },
    ];
    await page.route('**/jobs?*', (route) => route.fulfill({ json: { jobs, cursor: null } }));
    await page.goto(`${monitor.url}/#/runs`);
    const bars = page.locator('.row .bar title');
    await expect
      .poll(() => bars.allTextContents(), QUICK)
      .toEqual(['Waited 5 min 00 s, ran 10 min', '15 min, not seen running']);
    await page.context().close();
  });

  it('tells of a reminder as of what was, once the run has ended', async () => {
    const { page } = await openPage(browser, 'about:blank');
    const job = await monitor.get<object>(`/jobs/${failed}`);
    const reminded = { ...job, state: 'Succeeded', remindedAt: '2026-02-10T12:00:00Z' };
    await page.route(`**/jobs/${failed}`, (route) => route.fulfill({ json: reminded }));
    await page.route('**/jobs?*', (route) =>
      route.fulfill({ json: { jobs: [reminded], cursor: null } }),
    );
    await page.goto(`${monitor.url}/#/runs/${failed}`);
    await page.getByText(/^It took longer than was expected; a reminder was due/).waitFor(QUICK);
    await page.goto(`${monitor.url}/#/runs`);
    await page.getByText('It took longer than was expected.').waitFor(QUICK);
    await page.context().close();
  });

  it('tells where in the history changes are left out, and not how long the state before them lasted', async () => {
    const { page } = await openPage(browser, 'about:blank');
    const job = await monitor.get<object>(`/jobs/${failed}`);
    const change = (n: number) => {
      const [from, to] = n % 2 ? ['Queued', 'Running'] : ['Running', 'Queued'];
      return { from, to, at: new Date(Date.UTC(2026, 1, 1, 0, n)).toISOString(), reason: null };
    };
    // As the API tells a run of 500 changes: the first 10 and the last 89.
    const kept = Array.from({ length: 99 }, (_, i) => change(i < 10 ? i : i + 401));
    const registeredAt = '2026-01-31T23:59:00.000Z';
    const flapping = { ...job, registeredAt, transitions: kept, transitionsDropped: 401 };
    await page.route(`**/jobs/${failed}`, (route) => route.fulfill({ json: flapping }));
    await page.goto(`${monitor.url}/#/runs/${failed}`);
    const steps = page.locator('.history li');
    await steps.nth(11).getByText('401 more left out.').waitFor(QUICK);
    expect(await steps.nth(9).locator('.number').allInnerTexts()).toEqual(['1 min 00 s']);
    expect(await steps.nth(10).locator('.number').allInnerTexts()).toEqual([]);
    await page.context().close();
  });

  it('watches an iModel, and no more', async () => {
    const { page } = await open('#/imodels');
    await page.getByRole('button', { name: 'Watch an iModel' }).click();
    await page.getByLabel('Id of the iModel').fill(IMODEL_ID);
    await page.getByLabel('What to call its runs').fill('Station, east');
    await page.getByRole('button', { name: 'Watch', exact: true }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'Station, east' });
    await row.getByText('Cannot be read').waitFor(QUICK);
    await row.getByText(IMODEL_ID).waitFor();
    await row.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop watching' }).click();
    await row.waitFor({ ...QUICK, state: 'detached' });
    await page.context().close();
  });

  it('sends a test alert, and tells how the monitor is', async () => {
    const { page } = await open();
    await page.getByText('The monitor is well').click();
    await page.getByText('Get alerts').waitFor();
    await page.getByRole('button', { name: 'Send a test alert' }).click();
    await page.getByLabel('Label of the run').fill('Only a trial');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Made up to try alerts out').waitFor();
    await page.getByText('sent', { exact: false }).first().waitFor(QUICK);
    await page.context().close();
  });

  it('asks once a minute while nobody looks, and its times stay true', async () => {
    const { page } = await openPage(browser, 'about:blank');
    const asked: string[] = [];
    const answered: string[] = [];
    const isOfApi = (url: string) => /\/(health|jobs)\b/.test(url);
    page.on('request', (request) => isOfApi(request.url()) && asked.push(request.url()));
    page.on('response', (response) => isOfApi(response.url()) && answered.push(response.url()));
    await page.addInitScript("Object.defineProperty(document, 'hidden', { get: () => true })");
    await page.clock.install();
    await page.goto(`${monitor.url}/#/runs/${failed}`);
    await page.getByText('What its logs say').waitFor();
    await page.getByText('The monitor is').waitFor();
    const before = asked.length;
    // A busy machine adds some seconds of its own.
    await page.clock.runFor(40_000);
    expect(asked.length).toBe(before);
    const afterMore = async () => {
      await page.clock.runFor(5_000);
      return asked.length;
    };
    await expect.poll(afterMore, QUICK).toBeGreaterThan(before);

    // By the reader's clock alone: no server says what the time is, in an answer that is under way neither.
    await expect.poll(() => answered.length, QUICK).toBe(asked.length);
    await page.clock.runFor(100);
    await page.context().setOffline(true);
    await page.clock.fastForward('03:00:00');
    const lead = async () => {
      await page.clock.runFor(1_100);
      return page.locator('.lead').innerText();
    };
    await expect.poll(lead, QUICK).toContain('3 h ago');
    await page.context().close();
  });

  it.each([360, 1280])('is whole and accessible at %i px, light and dark', async (width) => {
    const { page, faults } = await open('', { viewport: { width, height: 800 } });
    const views = ['#/', '#/runs', `#/runs/${failed}`, '#/imodels'];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // Contrast is a matter of the colours, all else of the width: two of the four meet everything.
      const isLooked = (colorScheme === 'dark') === (width === 360);
      for (const view of views) {
        await page.goto(`${monitor.url}/${view}`);
        await page.locator('main h1').waitFor();
        await page.getByText('The monitor is').waitFor();
        expect(await overflow(page), `${view} ${colorScheme}`).toBe(0);
        if (isLooked) expect(await violations(page), `${view} ${colorScheme}`).toEqual([]);
        await picture(page, `${NAMES[view] ?? 'run'}-${width}-${colorScheme}`);
      }
    }
    await page.getByRole('button', { name: 'Register a run' }).click();
    expect(await violations(page), 'dialog').toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

/** What the pictures in docs/page.md are called. */
const NAMES: Readonly<Record<string, string>> = {
  '#/': 'now',
  '#/runs': 'runs',
  '#/imodels': 'imodels',
};

/** Takes a picture for docs/page.md, when that is what this is run for. */
async function picture(page: Page, name: string): Promise<void> {
  const { PICTURES: folder } = process.env;
  if (!folder || !PICTURED.has(name)) return;
  const chrome = await page.context().newCDPSession(page);
  const { data } = await chrome.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, 'base64'));
}

const PICTURED = new Set(['now-1280-light', 'run-1280-dark', 'now-360-dark', 'runs-360-light']);

/** How far (px) the page can be scrolled sideways. */
function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}

async function violations(page: Page): Promise<readonly object[]> {
  // There are no frames, for which it would open another page each time.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => ({ id, html: nodes.map(({ html }) => html) }));
}
