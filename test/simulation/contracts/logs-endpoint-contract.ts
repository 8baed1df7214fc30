import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogsAnswer } from '../../../functions/core/alerts/log-digest.ts';
import type { LogsEndpoint } from '../../../functions/core/ports.ts';
import { SECOND } from '../../../functions/core/time.ts';

/** How it stands with the logs upstream. */
export type LogsSituation =
  | {
      readonly kind:
        | 'OnePage'
        | 'MorePages'
        | 'NoSuchRun'
        | 'TokenRefused'
        | 'Broken'
        | 'Silent'
        | 'Dropping'
        | 'Nonsense';
    }
  /** With this `retry-after`. */
  | { readonly kind: 'Limiting'; readonly header: string | null };

/** A logs endpoint, and a say in how it stands with upstream. */
export interface LogsUnderTest {
  readonly endpoint: LogsEndpoint;
  set(situation: LogsSituation): void;
  /** How many requests have reached upstream. */
  requests(): number;
  stop(): void;
}

/** What the clock of the asking process says (ms since the epoch). */
export const NOW = Date.UTC(2026, 0, 1);
/** The token that is good. */
export const TOKEN = 'token-1';

const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const NEVER = new AbortController().signal;
const UNREADABLE = { kind: 'Unreadable', reason: expect.any(String) };
const PAGE = {
  kind: 'Page',
  entries: [{ level: 'Error', category: 'GroupQuery', message: 'No such class.' }],
};

/** Every situation, and the answer that it has. */
const ANSWERS: readonly [string, LogsSituation, unknown][] = [
  ['one page', { kind: 'OnePage' }, { ...PAGE, hasMore: false }],
  [
    'a page with more behind it',
    { kind: 'MorePages' },
    { ...PAGE, hasMore: true, next: '?$continuationToken=1' },
  ],
  ['404', { kind: 'NoSuchRun' }, UNREADABLE],
  ['401', { kind: 'TokenRefused' }, UNREADABLE],
  ['5xx', { kind: 'Broken' }, UNREADABLE],
  ['no answer at all', { kind: 'Silent' }, UNREADABLE],
  ['a connection that is closed', { kind: 'Dropping' }, UNREADABLE],
  ['nonsense', { kind: 'Nonsense' }, UNREADABLE],
  ['429 with seconds', { kind: 'Limiting', header: '30' }, limitedFor(30)],
  ['429 without retry-after', { kind: 'Limiting', header: null }, limitedFor(60)],
  ['429 with nonsense in retry-after', { kind: 'Limiting', header: 'soon' }, limitedFor(60)],
  ['429 for a day', { kind: 'Limiting', header: '86400' }, limitedFor(3_600)],
];

function limitedFor(seconds: number): LogsAnswer {
  return { kind: 'RateLimited', retryAt: NOW + seconds * SECOND };
}

/** What every logs endpoint makes of upstream, be it the real adapter or the stand-in for both. */
export function describeLogsEndpoint(name: string, start: () => Promise<LogsUnderTest>): void {
  describe(`${name} as a logs endpoint`, () => {
    let upstream: LogsUnderTest;
    beforeEach(async () => {
      upstream = await start();
    });
    afterEach(() => upstream.stop());

    const ask = (token = TOKEN, signal = NEVER) =>
      upstream.endpoint.ask({ jobId: JOB_ID }, undefined, token, signal);

    it.each(ANSWERS)('tells of %s, with one request', async (_, situation, answer) => {
      upstream.set(situation);
      expect(await ask()).toEqual(answer);
      expect(upstream.requests()).toBe(1);
    });

    it('reads nothing with a token that is not good', async () => {
      upstream.set({ kind: 'OnePage' });
      expect(await ask('another token')).toEqual(UNREADABLE);
    });

    it("ends with its caller's reason, and does not ask, when that has given up", async () => {
      const why = new Error('the sweep is over');
      upstream.set({ kind: 'OnePage' });
      await expect(ask(TOKEN, AbortSignal.abort(why))).rejects.toBe(why);
      expect(upstream.requests()).toBe(0);
    });
  });
}
