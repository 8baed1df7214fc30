import { it } from 'vitest';
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
