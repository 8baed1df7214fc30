import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DroppedConnection } from '../../../functions/core/errors.ts';
import type { Answer } from '../../../functions/core/jobs/observation.ts';
import type { StatusEndpoint } from '../../../functions/core/ports.ts';
import { SECOND } from '../../../functions/core/time.ts';
import { NONSENSE } from '../stand-ins/upstream.ts';

/** How it stands with upstream. */
export type Situation =
  | { readonly kind: 'State'; readonly word: string }
  | {
      readonly kind:
        | 'NoSuchRun'
        | 'HiddenRun'
        | 'TokenRefused'
        | 'Broken'
        | 'Accepting'
        | 'Redirecting'
        | 'Silent'
        | 'Dropping'
        | 'Unreachable';
    }
  | { readonly kind: 'Nonsense'; readonly body: string }
  /** With this `retry-after`. */
  | { readonly kind: 'Limiting' | 'Busy'; readonly header: string | null }
  /** Of calls, with this `retry-after`. */
  | { readonly kind: 'QuotaUsedUp'; readonly header: string };

/** A status endpoint, and a say in how it stands with upstream. */
export interface EndpointUnderTest {
  readonly endpoint: StatusEndpoint;
  set(situation: Situation): Promise<void>;
  /** How many requests have reached upstream. */
  requests(): number;
  stop(): void;
}

/** What the clock of the asking process says (ms since the epoch). */
export const NOW = Date.UTC(2026, 0, 1);
/** The job that is asked about. */
export const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
/** The token that is good. */
export const TOKEN = 'token-1';

const NEVER = new AbortController().signal;

function failed(name: string) {
  return { kind: 'Failed', error: { name, message: expect.any(String) } };
}

/** Every situation that has an answer, and that answer. */
const ANSWERS: readonly [string, Situation, unknown][] = [
  ...['Queued', 'Running', 'Succeeded', 'PartiallySucceeded', 'Failed', 'Archiving'].map(
    (word): [string, Situation, unknown] => [
      `the state ${word}`,
      { kind: 'State', word },
      { kind: 'Status', state: word, reason: `It is ${word}.`, containsIssues: false },
    ],
  ),
  [
    "a word of the monitor's own",
    { kind: 'State', word: 'Cancelled' },
    expect.objectContaining({ state: 'Upstream:Cancelled' }),
  ],
  ['404', { kind: 'NoSuchRun' }, { kind: 'Missing', status: 404 }],
  ['403', { kind: 'HiddenRun' }, { kind: 'Missing', status: 403 }],
  ['401', { kind: 'TokenRefused' }, { kind: 'Unauthorized' }],
  ['5xx', { kind: 'Broken' }, failed('ServerError')],
  ['202', { kind: 'Accepting' }, { kind: 'Pending' }],
  ['a redirect', { kind: 'Redirecting' }, failed('UnexpectedStatus')],
  ['no answer at all', { kind: 'Silent' }, failed('Timeout')],
  ['a connection that nobody accepts', { kind: 'Unreachable' }, failed('ConnectionFailed')],
  ...NONSENSE.map((body): [string, Situation, unknown] => [
    `the body '${body}'`,
    { kind: 'Nonsense', body },
    failed('UnexpectedResponse'),
  ]),
  ['429 with seconds', limiting('30'), limitedFor(30)],
  ['429 with a date', limiting(new Date(NOW + 30 * SECOND).toUTCString()), limitedFor(30)],
  ['429 without retry-after', limiting(null), limitedFor(60)],
  ['429 with nonsense in retry-after', limiting('soon'), limitedFor(60)],
  ['429 for a day', limiting('86400'), limitedFor(3_600)],
  [
    '403 with retry-after, which is a quota',
    { kind: 'QuotaUsedUp', header: '30' },
    { ...limitedFor(30), cause: 'QuotaUsedUp' },
  ],
  ['503 with seconds', { kind: 'Busy', header: '30' }, busyFor(30)],
  [
    '503 with a date',
    { kind: 'Busy', header: new Date(NOW + 30 * SECOND).toUTCString() },
    busyFor(30),
  ],
  ['503 without retry-after', { kind: 'Busy', header: null }, failed('ServerError')],
  ['503 with nonsense in retry-after', { kind: 'Busy', header: 'soon' }, failed('ServerError')],
];

function busyFor(seconds: number) {
  return { ...failed('ServerError'), retryAt: NOW + seconds * SECOND };
}

function limiting(header: string | null): Situation {
  return { kind: 'Limiting', header };
}

function limitedFor(seconds: number): Answer {
  return { kind: 'RateLimited', retryAt: NOW + seconds * SECOND };
}

/** What every status endpoint makes of upstream, be it the real adapter or a stand-in for both. */
export function describeStatusEndpoint(
  name: string,
  start: () => Promise<EndpointUnderTest>,
): void {
  describe(`${name} as a status endpoint`, () => {
    let upstream: EndpointUnderTest;
    beforeEach(async () => {
      upstream = await start();
    });
    afterEach(() => upstream.stop());

    it.each(ANSWERS)('tells of %s', async (_, situation, answer) => {
      await upstream.set(situation);
      expect(await upstream.endpoint.ask({ jobId: JOB_ID }, TOKEN, NEVER)).toEqual(answer);
    });

    it('refuses a token that is not good', async () => {
      await upstream.set({ kind: 'State', word: 'Running' });
      const answer = await upstream.endpoint.ask({ jobId: JOB_ID }, 'another token', NEVER);
      expect(answer).toEqual({ kind: 'Unauthorized' });
    });

    it('leaves it to the caller to ask again when a connection is closed under a request', async () => {
      await upstream.set({ kind: 'State', word: 'Running' });
      await upstream.endpoint.ask({ jobId: JOB_ID }, TOKEN, NEVER);
      await upstream.set({ kind: 'Dropping' });
      const before = upstream.requests();
      await expect(upstream.endpoint.ask({ jobId: JOB_ID }, TOKEN, NEVER)).rejects.toThrow(
        DroppedConnection,
      );
      expect(upstream.requests()).toBe(before + 1);
    });

    it("ends with its caller's reason, and does not ask, when that has given up", async () => {
      const why = new Error('the sweep is over');
      await upstream.set({ kind: 'State', word: 'Running' });
      const asked = upstream.endpoint.ask({ jobId: JOB_ID }, TOKEN, AbortSignal.abort(why));
      await expect(asked).rejects.toBe(why);
      expect(upstream.requests()).toBe(0);
    });
  });
}
