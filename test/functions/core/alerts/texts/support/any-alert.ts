import fc from 'fast-check';
import type { Alert } from '../../../../../../functions/core/alerts/alert.ts';
import type { RunLogs } from '../../../../../../functions/core/alerts/log-digest.ts';
import { MONITOR_STATES, UPSTREAM_ENDS } from '../../../../../../functions/core/jobs/states.ts';
import { KIND_NAMES } from '../../../../../../functions/core/kinds/kinds.ts';
import { storedText } from '../../../../../../functions/core/text.ts';
import { DAY } from '../../../../../../functions/core/time.ts';
import { FORGED } from './hostile.ts';
import { JOB_ID, REGISTERED } from './watch.ts';

const BREAKS = ['\n', '\r\n', '\r', '\u2028', '\u2029', '\u0085', '\v', '\f', '\u0000', '\u202E'];

/** A text from outside as it may be on record: anything, or lines that try to pass for ours. */
export const outsideText = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(...FORGED, ...BREAKS, ' ', 'a word', 'x'.repeat(90), 'https://x.y/z'),
        {
          maxLength: 30,
        },
      )
      .map((parts) => parts.join('')),
    fc.constantFrom('"', '\\', '\u0001', '\uD800', '漢', '🧱').map((unit) => unit.repeat(1_024)),
  )
  .map(storedText);

/** A label as the API lets it in, and worse. */
export const label = outsideText.map((text) => Array.from(text).slice(0, 100).join(''));

const state = fc.oneof(
  fc.constantFrom('Queued', 'Running', ...UPSTREAM_ENDS, ...MONITOR_STATES, 'Upstream:Cancelled'),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
);

const end = fc.constantFrom(...UPSTREAM_ENDS, 'NotFound', 'AccessDenied', 'TimedOut');

const at = fc.integer({ min: REGISTERED, max: REGISTERED + 9 * DAY });
const word = outsideText.map((text) => text.slice(0, 40));
const count = fc.nat();

const logs: fc.Arbitrary<RunLogs> = fc.oneof(
  fc.record({ kind: fc.constant('Unread' as const), reason: outsideText }),
  fc.record({
    kind: fc.constant('Digest' as const),
    entries: count,
    isPartial: fc.boolean(),
    counts: fc.array(fc.record({ level: word, category: word, count }), { maxLength: 10 }),
    messages: fc.array(
      fc.record({
        level: word,
        category: word,
        message: outsideText.map((text) => text.slice(0, 400)),
      }),
      { maxLength: 10 },
    ),
  }),
);

const transitions = fc
  .array(fc.record({ to: state, at, reason: fc.option(outsideText, { nil: undefined }) }), {
    maxLength: 30,
  })
  .map((changes) =>
    changes
      .toSorted((a, b) => a.at - b.at)
      .map(({ reason, ...change }, i, all) => ({
        ...change,
        from: all[i - 1]?.to ?? 'Registered',
        ...(reason !== undefined && { reason }),
        version: i + 2,
      })),
  );

const missing = fc.record(
  { since: at, count: fc.integer({ min: 1, max: 3 }), status: fc.constantFrom(403, 404) },
  { requiredKeys: ['since', 'count'] },
);

const length = fc.integer({ min: 1_000, max: 9 * DAY });
const usual = fc.record({
  runs: count,
  median: length,
  p90: length,
  shortBelow: length,
  longAbove: length,
});

const facts = fc.record(
  {
    isTest: fc.boolean(),
    jobKind: fc.constantFrom(...KIND_NAMES),
    connectionId: fc.stringMatching(/^[\w-]{20,64}$/),
    connectionType: fc.constantFrom('storage', 'manifest'),
    iModelId: fc.uuid(),
    iModelName: outsideText,
    startedAt: at,
    usual,
    remindCause: fc.constant('UnusuallyLong' as const),
    label,
    reason: outsideText,
    missing,
    containsIssues: fc.boolean(),
    logsUrl: fc.webUrl({ withQueryParameters: true }),
    logs,
    transitionsDropped: count,
    timeoutAt: at,
    transitions,
    at,
  },
  { requiredKeys: ['jobKind', 'timeoutAt', 'transitions', 'at'] },
);

const outcome = fc.oneof(
  end.map((ended) => ({ kind: 'Ended' as const, state: ended })),
  state.map((pending) => ({ kind: 'StillRunning' as const, state: pending })),
);

/** Any alert that what is on record can lead to, and many that it cannot. */
export const anyAlert: fc.Arbitrary<Alert> = fc.tuple(facts, outcome).map(([others, how]) => ({
  id: `${JOB_ID}/${new Date(REGISTERED).toISOString()}/7`,
  jobId: JOB_ID,
  registeredAt: REGISTERED,
  ...others,
  ...how,
}));
