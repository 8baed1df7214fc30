/** What the page costs: a reader's browser, and the server, with many jobs on record. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { startGateway } from '../local/gateway/server.ts';
import { startFunction } from '../local/lambda/function.ts';
import { buildPage } from '../page/build.ts';
import { findChromium, openPage, startBrowser } from '../test/page/support/browser.ts';
import { type Finding, report } from './harness/finding.ts';
import { quantile } from './harness/rounds.ts';
import { functionEnvironment } from './services/function-environment.ts';
import { startServices } from './services/services.ts';

const MOST_BYTES = 30_000;
const MOST_MS = 200;
const LISTS = 20;
const USAGE = 'npm run bench:page -- [--jobs <how many are on record>]';

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '10000' } } });
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1 || !findChromium()) {
  console.error(`Usage: ${USAGE}\nIt needs Chromium: on the PATH, or named in CHROMIUM.`);
  process.exit(2);
}

const pageFolder = mkdtempSync(join(tmpdir(), 'page-'));
buildPage(pageFolder);
const services = await startServices(jobs);
const api = await startFunction({
  functionName: 'api',
  entry: new URL('../functions/api/handler.ts', import.meta.url),
  environment: {
    ...functionEnvironment({ ...services, concurrency: 1 }),
    PAGE_FOLDER: pageFolder,
  },
  timeout: 29_000,
  onLine: () => {},
});
const gateway = await startGateway({ port: 0, invoke: api.invoke });
const browser = await startBrowser();
try {
  const findings = [
    await listTime(),
    ...(await load('now', '#/')),
    ...(await load('runs', '#/runs')),
  ];
  report(findings);
} finally {
  await browser.close();
  await gateway.close();
  await api.stop();
  await services.stop();
  rmSync(pageFolder, { recursive: true });
}

/** How long the server takes for the list that the page asks for. */
async function listTime(): Promise<Finding> {
  const times: number[] = [];
  for (let n = 0; n < LISTS; n += 1) {
    const startedAt = performance.now();
    const response = await fetch(`${gateway.url}/jobs?limit=100`);
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
  }
  const median = quantile(times, 0.5);
  return {
    what: `list of 100 of ${jobs.toLocaleString('en')} jobs`,
    target: { text: `at most ${MOST_MS} ms`, isMet: median <= MOST_MS },
    measured: `median ${median.toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms`,
  };
}

/** What it takes a browser that has nothing of the page yet to show a view. */
async function load(view: string, hash: string): Promise<readonly Finding[]> {
  const { page, requests } = await openPage(browser, `${gateway.url}/${hash}`);
  await page.locator('[data-row]').first().waitFor();
  const { files, data, blocked, shownAt } = await measured(page);
  const asked = requests.length;
  await page.context().close();
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
  return [
    {
      what: `${view}: files of the page`,
      target: { text: `at most ${kilobytes(MOST_BYTES)}`, isMet: files <= MOST_BYTES },
      measured: `${kilobytes(files)}, zipped`,
    },
    { what: `${view}: requests, and data`, measured: `${asked}, ${kilobytes(data)}` },
    {
      what: `${view}: main thread blocked, until it is shown`,
      measured: `${blocked.toFixed(0)} ms; shown after ${shownAt.toFixed(0)} ms`,
    },
  ];
}

interface Measured {
  /** Bytes of bodies as they are sent: of the page's own files, and of what the API told. */
  readonly files: number;
  readonly data: number;
  /** ms beyond the first 50 of each task. */
  readonly blocked: number;
  readonly shownAt: number;
}

function measured(page: Page): Promise<Measured> {
  return page.evaluate<Measured>(`new Promise((resolve) => {
    const shownAt = performance.now();
    let blocked = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) blocked += duration - 50;
    }).observe({ type: 'longtask', buffered: true });
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const sum = (isOf) => entries.filter(isOf).reduce((all, each) => all + each.encodedBodySize, 0);
    const isFetched = ({ initiatorType }) => initiatorType === 'fetch';
    setTimeout(() => resolve({
      files: sum((each) => !isFetched(each)), data: sum(isFetched), blocked, shownAt,
    }), 0);
  })`);
}
