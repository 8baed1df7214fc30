import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openPage, startBrowser } from './support/browser.ts';
import { type Monitor, startMonitor } from './support/monitor.ts';

describe.skipIf(!findChromium())('a filter that is set with the keyboard', () => {
  let monitor: Monitor;
  let browser: Browser;

  beforeAll(async () => {
    [monitor, browser] = await Promise.all([startMonitor(), startBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await monitor?.stop();
  });

  it('takes a date as it is typed', async () => {
    const { page, faults } = await openPage(browser, `${monitor.url}/#/runs`, {
      timezoneId: 'Europe/Berlin',
    });
    const from = page.getByLabel('From');
    await from.focus();
    await page.keyboard.type('03052026', { delay: 60 });
    expect(await from.inputValue()).toBe('2026-03-05');
    await expect.poll(() => page.url()).toContain('registeredFrom=2026-03-04T23%3A00%3A00.000Z');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('takes no year of more than four digits', async () => {
    const { page, faults } = await openPage(browser, `${monitor.url}/#/runs`);
    await page.getByLabel('Before').focus();
    await page.keyboard.type('030512026', { delay: 60 });
    await expect.poll(() => page.url()).toContain('registeredBefore=2026-03-05T');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('leaves the focus where it is, and follows the address', async () => {
    const { page } = await openPage(browser, `${monitor.url}/#/runs`);
    const state = page.getByLabel('State');
    await state.focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.url()).toContain('state=');
    expect(await page.evaluate('document.activeElement.name')).toBe('state');
    await page.getByLabel('Label begins with').fill('Tower');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('labelPrefix=Tower');
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect.poll(() => state.inputValue()).toBe('');
    expect(await page.getByLabel('Label begins with').inputValue()).toBe('');
    await page.context().close();
  });
});
