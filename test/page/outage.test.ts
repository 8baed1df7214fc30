import { expect, it } from 'vitest';
import { findChromium, openPage, startBrowser } from './support/browser.ts';
import { startMonitor } from './support/monitor.ts';

const QUICK = { timeout: 20_000 };

it.skipIf(!findChromium())(
  'says that the server is gone, and goes on when it is back',
  async () => {
    const browser = await startBrowser();
    const first = await startMonitor();
    const { page } = await openPage(browser, `${first.url}/`);
    await page.getByText('The monitor is well').waitFor(QUICK);
    await first.stop();
    await page.getByText('There is no answer.').waitFor(QUICK);
    await page.getByText('The monitor is well').waitFor();
    const second = await startMonitor({ PORT: new URL(first.url).port });
    await page.getByText('There is no answer.').waitFor({ ...QUICK, state: 'detached' });
    await browser.close();
    await second.stop();
  },
);

it.skipIf(!findChromium())(
  'says so, too, of a server that takes requests and never answers',
  async () => {
    const [browser, monitor] = await Promise.all([startBrowser(), startMonitor()]);
    const { page } = await openPage(browser, 'about:blank');
    await page.clock.install();
    await page.goto(`${monitor.url}/`);
    await page.getByText('The monitor is well').waitFor(QUICK);
    const outage = page.getByText('There is no answer.');
    await page.clock.pauseAt(Date.now() + 1_000);
    monitor.signal('SIGSTOP');
    const asked = page.waitForRequest((request) => request.url().endsWith('/health'));
    await Promise.all([asked, page.clock.runFor(4_100)]);
    // The API itself may take 30 s for an answer.
    await page.clock.runFor(29_000);
    expect(await outage.count()).toBe(0);
    await page.clock.runFor(8_000);
    await outage.waitFor(QUICK);
    monitor.signal('SIGCONT');
    const isTold = async () => {
      await page.clock.runFor(1_000);
      return outage.count();
    };
    await expect.poll(isTold, QUICK).toBe(0);
    await browser.close();
    await monitor.stop();
  },
);
