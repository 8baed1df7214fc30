import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openPage, startBrowser } from './support/browser.ts';
import { type Monitor, startMonitor } from './support/monitor.ts';

const QUICK = { timeout: 20_000 };
const FAILURE = [{ answer: { state: 'Failed', reason: 'Out of memory' } }];

describe.skipIf(!findChromium())('more runs than one request gives', () => {
  let monitor: Monitor;
  let browser: Browser;

  beforeAll(async () => {
    [monitor, browser] = await Promise.all([startMonitor(), startBrowser()]);
    const failed = await monitor.run({ steps: FAILURE }, 'Water works');
    await monitor.reaches(failed, 'Failed');
    for (let n = 0; n < 600; n += 100) await monitor.post('/jobs/batch', { jobs: unknown(n) });
  });

  afterAll(async () => {
    await browser?.close();
    await monitor?.stop();
  });

  it('hide no failure, and those that are left are told of', async () => {
    const { page } = await openPage(browser, `${monitor.url}/`);
    const minded = page.getByRole('list', { name: 'need a look' });
    await minded.getByText('Water works').waitFor(QUICK);
    const figures = page.getByRole('list', { name: 'At a glance' });
    await figures.getByText(/^[1-9]\d* failed or lost$/).waitFor();
    await figures.getByText(/^\d+ or more waiting$/).waitFor();
    const rows = page.getByRole('list', { name: 'under way' });
    await rows.getByText('400 more left out.').waitFor();
    await page.getByRole('link', { name: 'There may be more.' }).click();
    await page.getByRole('button', { name: 'Look further back' }).waitFor();
    await page.context().close();
  });

  it('are so many or more, and asked for more rarely, when a list goes on behind 5 requests', async () => {
    const { page, requests } = await openPage(browser, 'about:blank');
    // As behind more runs under way than all of these requests read.
    await page.route(/stateGroup=ended/, (route) =>
      route.fulfill({ json: { jobs: [], cursor: 'MjAyNi0wMQ' } }),
    );
    await page.clock.install();
    await page.goto(`${monitor.url}/`);
    const figures = page.getByRole('list', { name: 'At a glance' });
    await figures.getByText('0 or more failed or lost').waitFor(QUICK);
    await page.clock.pauseAt(Date.now() + 1_000);
    const asked = () => requests.filter((url) => url.includes('stateGroup=ended')).length;
    expect(asked()).toBe(5);
    await page.clock.runFor(12_000);
    expect(asked()).toBe(5);
    await page.clock.runFor(10_000);
    await expect.poll(asked, QUICK).toBe(10);
    await page.context().close();
  });
});

/** A hundred runs that upstream does not know: they are waited for. */
function unknown(from: number) {
  return Array.from({ length: 100 }, (_, n) => ({
    jobId: `00000000-0000-4000-8000-${String(from + n).padStart(12, '0')}`,
  }));
}
