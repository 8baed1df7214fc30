import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../../functions/core/alerts/alert.ts';
import { ALERT_STATES } from '../../../../../functions/core/alerts/filters.ts';
import {
  addEntries,
  digestOf,
  NO_ENTRIES,
} from '../../../../../functions/core/alerts/log-digest.ts';
import { sms } from '../../../../../functions/core/alerts/texts/headline.ts';
import { email, lead } from '../../../../../functions/core/alerts/texts/mail.ts';
import { nextSteps } from '../../../../../functions/core/alerts/texts/next-steps.ts';
import { lastSeen } from '../../../../../functions/core/alerts/texts/timeline.ts';
import { isTerminal } from '../../../../../functions/core/jobs/states.ts';
import { reopen } from '../../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../../../../functions/core/time.ts';
import { sample } from './support/all-samples.ts';
import { each, missing, RUNNING, seen } from './support/sightings.ts';
import { JOB_ID, jobAfter, owedBy, REGISTERED, watchOn } from './support/watch.ts';

const FAILED = sample('failed');

function linesOf(facts: Partial<Alert>): string[] {
  return email({ ...FAILED, ...facts }, false).split('\n');
}

describe('a mail', () => {
  it('has a title on one line as long as that is no longer than 76 characters', () => {
    const whole = 'x'.repeat(76 - 'Failed: '.length);
    expect(linesOf({ label: whole })[0]).toBe(`Failed: ${whole}`);
    expect(linesOf({ label: `${whole}x` })[0]).toBe('Failed:');
  });

  it('says why it is not known how long a run took', () => {
    const took = (facts: Partial<Alert>) => linesOf(facts).find((line) => /^ {2}Took/.test(line));
    const at = FAILED.registeredAt + HOUR;
    const change = (from: string, to: string) => ({ from, to, at, version: 9 });
    expect(took({ transitions: [change('Registered', 'Failed')] })).toBe(
      '  Took: not known (it had ended when first seen)',
    );
    const kept = [change('Queued', 'Running'), change('Running', 'Failed')];
    expect(took({ transitions: kept, transitionsDropped: 7 })).toBe(
      '  Took: not known (it changed its state too often)',
    );
  });

  it('asks for a longer watch, where there is one', () => {
    const timedOut = sample('timed out');
    const steps = (hours: number) => {
      const at = timedOut.registeredAt + hours * HOUR;
      return nextSteps({ ...timedOut, at }).join('\n');
    };
    expect(steps(167)).toMatch(/with a longer timeoutMinutes[\s\S]+"timeoutMinutes":10080/);
    expect(steps(168)).toMatch(/register\s+the\s+job\s+again:\s+POST .+"timeoutMinutes":10080/);
  });

  it('leads to the page, where one is', () => {
    const pageUrl = 'https://monitor.example.com/';
    expect(linesOf({ pageUrl })).toContain(`  On the page: ${pageUrl}#/runs/${FAILED.jobId}`);
    expect(linesOf({}).join()).not.toContain('On the page');
  });

  it('leaves a URL whole that is longer than a line, and breaks up any other word', () => {
    const url = `https://example.com/${'a'.repeat(100)}`;
    expect(linesOf({ reason: `See ${url} for more.` })).toContain(`  | ${url}`);
    expect(linesOf({ reason: 'b'.repeat(73) })).toEqual(
      expect.arrayContaining([`  | ${'b'.repeat(72)}`, '  | b']),
    );
  });

  it.each([
    [6, 5, false],
    [7, 5, true],
    [6, 6, true],
  ])('of logs with %i kinds and %i messages says that there are more: %s', (kinds, count, more) => {
    const kind = { level: 'Error', category: 'GroupQuery' };
    const counts = Array.from({ length: kinds }, (_, i) => ({ ...kind, count: i + 1 }));
    const messages = Array.from({ length: count }, (_, i) => ({ ...kind, message: `No ${i}.` }));
    const logs = { kind: 'Digest', entries: 99, isPartial: false, counts, messages } as const;
    expect(linesOf({ logs }).some((line) => line.includes(' more '))).toBe(more);
    expect(linesOf({ logs }).join()).not.toMatch(/1 more (?:kinds|messages)/);
  });

  it('of logs with more kinds and messages than are kept does not say how many those are', () => {
    const entryOf = (n: number) => ({ level: 'Error', category: `C${n}`, message: `No ${n}.` });
    const logsOf = (entries: number) =>
      digestOf(
        addEntries(
          NO_ENTRIES,
          Array.from({ length: entries }, (_, n) => entryOf(n)),
        ),
        false,
      );
    const whole = linesOf({ logs: logsOf(10) });
    expect(whole).toEqual(
      expect.arrayContaining(['  (4 more kinds of entries)', '  (5 more messages)']),
    );
    const more = ['  (at least 4 more kinds of entries)', '  (at least 5 more messages)'];
    expect(linesOf({ logs: logsOf(50) })).toEqual(expect.arrayContaining(more));
    expect(linesOf({ logs: logsOf(7) })).toContain('  (1 more kind of entries)');
    expect(linesOf({ logs: logsOf(6) })).toContain('  (1 more message)');
  });
});

it.each([
  ['what has happened', lead],
  ['what to do next', nextSteps],
])('no two ends have the same to say of %s', (_, text) => {
  const ends = ALERT_STATES.filter(isTerminal);
  const texts = ends.map((state) => String(text({ ...FAILED, state })));
  expect(new Set(texts).size).toBe(ends.length);
});

it('an SMS about a run that gave no reason, and whose logs have no message, makes none up', () => {
  const { reason: _, ...alert } = FAILED;
  const logs = { kind: 'Digest', entries: 0, isPartial: false, counts: [], messages: [] } as const;
  expect(sms({ ...alert, logs }).split(' - ')).toHaveLength(2);
});

describe('of a run that had ended when it was first seen', () => {
  const { reason: _, logs: __, ...alert } = sample('failed, had ended when first seen');
  const before = ' - ended before Mon 23 Nov 2026, 14:05:00 UTC';
  const withReason = (length: number) => sms({ ...alert, reason: 'x'.repeat(length) });
  const room = 160 - sms({ ...alert, reason: '' }).length - ' - '.length;

  it('an SMS tells before when that was, as long as there is room for the reason too', () => {
    expect(withReason(room)).toHaveLength(160);
    expect(withReason(room)).toContain(before);
    expect(withReason(room + 1)).not.toContain('before');
    expect(withReason(room + 1)).toContain('x'.repeat(room + 1));
  });

  it('the end is told as any other once the run was seen before', () => {
    const [end] = alert.transitions;
    if (!end) return expect.fail('The sample has no transitions.');
    const seenBefore = { ...alert, transitions: [{ ...end, from: 'Running' }] };
    expect(sms(seenBefore)).not.toContain('before');
    expect(email(seenBefore, false)).toContain('  Ended: Mon 23 Nov 2026, 14:05:00 UTC\n');
  });
});

it('a reminder of a run that is missing gives no status where none is on record', () => {
  const alert = sample('still running, answers 404');
  const { status: _, ...missing } = alert.missing ?? { since: 0, count: 1 };
  expect(lead({ ...alert, missing })).toContain('has answered 404 or 403 for this run since');
  expect(sms({ ...alert, missing })).toContain(' - answers 404 or 403 since ');
});

describe('of a run that was seen in the watch before, and not in this one,', () => {
  const before = jobAfter([
    [MINUTE, seen(RUNNING)],
    [DAY, seen(RUNNING)],
  ]);
  const again = { jobId: JOB_ID, registeredBy: 'test', registeredAt: REGISTERED + DAY + HOUR };
  const reopened = reopen(before, { ...again, timeoutAt: REGISTERED + 2 * DAY });
  const gone = each(
    [1, 6, 12].map((minutes) => DAY + HOUR + minutes * MINUTE),
    missing(404),
  );
  const alert = owedBy(watchOn(reopened, gone));

  it('it is told that it is gone, and not that its id may be wrong', () => {
    const mail = email(alert, false);
    expect(mail).toContain('no longer has this extraction run');
    expect(mail).toContain('  Last seen: not in this watch\n');
    expect(alert.reason).toContain('The run was seen before and is gone.');
    expect(mail).toContain('Look the run up in the extraction history of its iModel.');
  });

  it('that was never seen in either, it may be', () => {
    const never = jobAfter(
      each(
        [1, 6, 12].map((minutes) => minutes * MINUTE),
        missing(404),
      ),
    );
    const next = reopen(never, { ...again, timeoutAt: REGISTERED + 2 * DAY });
    const mail = email(owedBy(watchOn(next, gone)), false);
    expect(mail).toContain('  Last seen: never\n');
    expect(mail).toContain('It was never seen');
  });

  it('a reminder says that it may be gone', () => {
    const due = { ...reopened, remindAt: REGISTERED + DAY + HOUR + 2 * MINUTE };
    const text = email(owedBy(watchOn(due, gone.slice(0, 2))), false).replace(/\s+/g, ' ');
    expect(text).toContain('so it may be gone.');
    expect(text).toContain('Look the run up in');
  });
});

it('a reminder of a run that was seen once, and then not, says that it may be gone', () => {
  const due = { ...jobAfter([[MINUTE, seen(RUNNING)]]), remindAt: REGISTERED + 5 * MINUTE };
  const gone = each([6 * MINUTE, 12 * MINUTE], missing(404));
  const text = email(owedBy(watchOn(due, gone)), false).replace(/\s+/g, ' ');
  expect(text).toContain('so it may be gone.');
  expect(text).toContain('Look the run up in');
});

it('how a run was last seen is told however often it changed its state', () => {
  const { registeredAt } = FAILED;
  const words = ['Queued', 'Running', 'Paused', 'Running', 'Failed'];
  const transitions = words.map((to, i) => ({
    from: words[i - 1] ?? 'Registered',
    to,
    at: registeredAt + i * HOUR,
    version: i + 2,
  }));
  expect(lastSeen({ ...FAILED, transitions })).toMatchObject({
    state: 'Running',
    since: registeredAt + 3 * HOUR,
  });
});
