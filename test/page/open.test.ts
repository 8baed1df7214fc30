import { expect, it, onTestFinished, vi } from 'vitest';
import { cli } from '../cli/support/cli.ts';
import { Pipe } from '../cli/support/terminal.ts';
import { startLocalProcess } from '../local/support/local-run.ts';
import { findChromium, openPage, startBrowser } from './support/browser.ts';

it.skipIf(!findChromium())('extraction-monitor open shows the page, below its secret', async () => {
  const { url } = await startLocalProcess({});
  const stopped = new AbortController();
  const stdout = new Pipe();
  const running = cli(['open', '--url', url], { stdout, signal: stopped.signal });
  const browser = await startBrowser();
  onTestFinished(async () => {
    stopped.abort('SIGINT');
    await browser.close();
    await running;
  });
  await vi.waitUntil(() => stdout.text.split('\n').length > 2, { timeout: 10_000 });
  const [, address = ''] = stdout.text.split('\n');
  const { page, faults, requests } = await openPage(browser, address);
  await page.getByText('The monitor is well').waitFor({ timeout: 20_000 });
  await page.getByText('Demo: metro station 4').click();
  await page.getByRole('heading', { name: 'Demo: metro station 4' }).waitFor();
  await page.getByRole('link', { name: 'iModels' }).click();
  await page.getByText('Demo: harbour terminal').waitFor();
  expect(requests.filter((asked) => !asked.startsWith(address))).toEqual([]);
  expect(faults).toEqual([]);
});
