import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DroppedConnection } from '../../../functions/core/errors.ts';
import type { ListSource } from '../../../functions/core/imodels/imodel.ts';
import type { RunLists } from '../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { JobPlan } from '../plan/job-plan.ts';

/** How it stands with the lists upstream. */
export type ListSituation =
  | {
      readonly kind:
        | 'Runs'
        | 'NoRuns'
        | 'NoSuchIModel'
        | 'HiddenIModel'
        | 'TokenRefused'
        | 'Broken'
        | 'Redirecting'
        | 'Silent'
        | 'Dropping'
        | 'Nonsense';
    }
  /** With this `retry-after`. */
  | { readonly kind: 'Limiting' | 'Busy' | 'QuotaUsedUp'; readonly header: string };

/** Lists of runs, and a say in how it stands with upstream. */
export interface ListsUnderTest {
  readonly lists: RunLists;
  set(situation: ListSituation): void;
  /** How many requests have reached upstream. */
  requests(): number;
  stop(): void;
}

/** What the clock of the asking process says (ms since the epoch). */
export const NOW = Date.UTC(2026, 0, 1);
/** The token that is good. */
export const TOKEN = 'token-1';
/** The iModel whose runs are listed, two on a page. */
export const IMODEL_ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
/** Runs on a page. */
export const PAGE_SIZE = 2;

/** Its runs, newest first. */
export const RUNS: readonly JobPlan[] = [1, 2, 3].map((n) => ({
  jobId: `40f71ed2-31a3-45d3-bce0-${String(n).padStart(12, '0')}`,
  listed: {
    iModelId: IMODEL_ID,
    startedAt: NOW - n * MINUTE,
    from: NOW - n * MINUTE,
    until: Number.POSITIVE_INFINITY,
  },
  script: { states: [{ at: NOW - n * MINUTE, word: 'Running' }] },
  requests: [],
}));

const NEVER = new AbortController().signal;

function failed(name: string) {
  return { kind: 'Failed', error: { name, message: expect.any(String) } };
}

/** Every situation without a list of runs, and the answer that it has. */
const ANSWERS: readonly [string, ListSituation, unknown][] = [
  ['a list without runs', { kind: 'NoRuns' }, { kind: 'Page', runs: [] }],
  ['404', { kind: 'NoSuchIModel' }, { kind: 'Missing', status: 404 }],
  ['403', { kind: 'HiddenIModel' }, { kind: 'Missing', status: 403 }],
  ['401', { kind: 'TokenRefused' }, { kind: 'Unauthorized' }],
  ['5xx', { kind: 'Broken' }, failed('ServerError')],
  ['a redirect', { kind: 'Redirecting' }, failed('UnexpectedStatus')],
  ['no answer at all', { kind: 'Silent' }, failed('Timeout')],
  ['nonsense', { kind: 'Nonsense' }, failed('UnexpectedResponse')],
  ['429', { kind: 'Limiting', header: '30' }, limitedFor(30)],
  [
    '403 with retry-after, which is a quota',
    { kind: 'QuotaUsedUp', header: '30' },
    { ...limitedFor(30), cause: 'QuotaUsedUp' },
  ],
  [
    '503 with retry-after',
    { kind: 'Busy', header: '30' },
    { ...failed('ServerError'), retryAt: NOW + 30 * SECOND },
  ],
];

function limitedFor(seconds: number) {
  return { kind: 'RateLimited', retryAt: NOW + seconds * SECOND };
}

function run(n: number, source: ListSource) {
  const startedAt = NOW - (n + 1) * MINUTE;
  const status = { kind: 'Status', state: 'Running', startedAt, isListed: true };
  return {
    jobId: RUNS[n]?.jobId,
    startedAt,
    ...(source === 'grouping-and-mapping' && { status }),
  };
}

/** What every list of runs does, be it the real adapter or a stand-in for both. */
export function describeRunLists(name: string, start: () => Promise<ListsUnderTest>): void {
  describe(`${name} as lists of runs`, () => {
    let upstream: ListsUnderTest;
    beforeEach(async () => {
      upstream = await start();
    });
    afterEach(() => upstream.stop());
    const ask = (source: ListSource, next?: string, token = TOKEN, signal = NEVER) =>
      upstream.lists.ask({ iModelId: IMODEL_ID, source }, next, token, signal);

    it.each<ListSource>(['grouping-and-mapping', 'reporting'])(
      'goes on from page to page: %s',
      async (source) => {
        upstream.set({ kind: 'Runs' });
        const first = await ask(source);
        expect(first).toEqual({
          kind: 'Page',
          runs: [run(0, source), run(1, source)],
          next: expect.stringMatching(/^\?/),
        });
        const next = first.kind === 'Page' ? first.next : undefined;
        expect(await ask(source, next)).toEqual({ kind: 'Page', runs: [run(2, source)] });
      },
    );

    it.each(ANSWERS)('tells of %s', async (_, situation, answer) => {
      upstream.set(situation);
      expect(await ask('grouping-and-mapping')).toEqual(answer);
    });

    it('refuses a token that is not good', async () => {
      upstream.set({ kind: 'Runs' });
      expect(await ask('reporting', undefined, 'another token')).toEqual({ kind: 'Unauthorized' });
    });

    it('leaves it to the caller to ask again when a connection is closed under a request', async () => {
      upstream.set({ kind: 'Runs' });
      await ask('reporting');
      upstream.set({ kind: 'Dropping' });
      const before = upstream.requests();
      await expect(ask('reporting')).rejects.toThrow(DroppedConnection);
      expect(upstream.requests()).toBe(before + 1);
    });

    it("ends with its caller's reason, and does not ask, when that has given up", async () => {
      const why = new Error('the sweep is over');
      upstream.set({ kind: 'Runs' });
      const asked = ask('reporting', undefined, TOKEN, AbortSignal.abort(why));
      await expect(asked).rejects.toBe(why);
      expect(upstream.requests()).toBe(0);
    });
  });
}
