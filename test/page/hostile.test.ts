import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openPage, startBrowser } from './support/browser.ts';
import { type Monitor, startMonitor } from './support/monitor.ts';

const MARKUP =
  '</a><img src=x onerror=alert(1)><script>alert(2)</script><b style=color:red>bold</b>';
const IMAGE = '<img src=x onerror=alert(7)>';
const BIDI = 'a\u202egnp.exe\u2066 left\u2069 \u05d0\u05d1\u05d2 שלום';
const EMOJI = '👩‍👩‍👧‍👦🏳️‍🌈é̷̢̛͔̻z̸̻̈'.repeat(4);
const LONG = 'W'.repeat(10_000);
const HTML = '&lt;script&gt;alert(3)&lt;/script&gt; "quoted" \' ` {{alert(5)}}';

/** Labels as long as the API takes them, each with a reason and a message that are as bad. */
const HOSTILE: readonly (readonly [label: string, reason: string])[] = [
  [MARKUP.slice(0, 100), MARKUP],
  [BIDI, BIDI.repeat(40)],
  [EMOJI.slice(0, 40), EMOJI.repeat(100)],
  ['W'.repeat(100), LONG],
  [HTML.slice(0, 100), `${HTML}\n\n${HTML.repeat(50)}`],
  ['javascript:alert(6)', 'javascript:alert(6)//'.repeat(300)],
];

describe.skipIf(!findChromium())('what is hostile', () => {
  let monitor: Monitor;
  let browser: Browser;
  let jobIds: readonly string[];

  beforeAll(async () => {
    [monitor, browser] = await Promise.all([startMonitor(), startBrowser()]);
    jobIds = await Promise.all(
      HOSTILE.map(([label, reason]) => {
        const log = { level: MARKUP, category: LONG, message: reason, containsIssues: true };
        const answer = { state: 'Failed', reason, containsIssues: true, logs: [log, log] };
        return monitor.run({ steps: [{ answer }] }, label);
      }),
    );
    for (const jobId of jobIds) await monitor.reaches(jobId, 'Failed');
  });

  afterAll(async () => {
    await browser?.close();
    await monitor?.stop();
  });

  it.each([360, 1280])('is text in a page that stays whole, at %i px', async (width) => {
    const { page, faults } = await openPage(browser, monitor.url, {
      viewport: { width, height: 800 },
    });
    page.on('dialog', () => (faults as string[]).push('A dialog was opened.'));
    for (const view of ['#/', '#/runs', ...jobIds.map((jobId) => `#/runs/${jobId}`)]) {
      await page.goto(`${monitor.url}/${view}`);
      await page.locator('main .state').getByText('Failed').first().waitFor();
      expect(await outsideOf(page), view).toEqual([]);
      expect(await page.locator('main img, main script, main b[style]').count(), view).toBe(0);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('is told to the letter', async () => {
    const { page } = await openPage(browser, `${monitor.url}/#/runs/${jobIds[0]}`);
    await page.getByRole('heading', { level: 1, name: MARKUP.slice(0, 100) }).waitFor();
    await page.locator('blockquote').getByText(MARKUP, { exact: true }).waitFor();
    await page.goto(`${monitor.url}/#/runs/${encodeURIComponent(IMAGE)}`);
    await page.getByText('must be the id of a job').waitFor();
    await page.context().close();
  });
});

/** What stands out of the page at its right side. */
function outsideOf(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth)
    .map((element) => element.outerHTML.slice(0, 80))`);
}
