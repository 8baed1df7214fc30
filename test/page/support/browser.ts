import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Under what names a Chromium is found, the first one that is there. */
const NAMES = ['chromium-headless-shell', 'chromium', 'google-chrome'];

/** It speaks to nobody but the page's own server. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this machine: `$CHROMIUM`, or the first on the path; undefined when there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const places = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return places.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts the browser, with an empty profile that goes with it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? '', args: ARGUMENTS });
}

/** Runs in the page, before its own script. */
const REPORT = `addEventListener('securitypolicyviolation', (event) => {
  reportFault(event.violatedDirective + ': ' + event.blockedURI);
});`;

/** A page in a browser, with what nobody should see of it. */
export interface WatchedPage {
  readonly page: Page;
  /** What the content security policy stopped, and what went wrong in a script. */
  readonly faults: readonly string[];
  /** Addresses that were asked for. */
  readonly requests: readonly string[];
}

/** Opens an address in a profile of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    // What turns would take most of the work of a browser that draws without a GPU.
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('request', (request) => requests.push(request.url()));
  await page.exposeFunction('reportFault', (fault: string) => faults.push(fault));
  await page.addInitScript({ content: REPORT });
  await page.goto(url);
  return { page, faults, requests };
}
