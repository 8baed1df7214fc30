import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../functions/core/time.ts';
import type { JobPlan } from './plan/job-plan.ts';
import { createPlan, type Plan } from './plan/plan.ts';
import type { Window } from './plan/windows.ts';
import { runPlan } from './run.ts';

/** How long it goes on; `DAYS=30 npx vitest run test/simulation/quiet-days.test.ts` for a whole month. */
const DAYS = Number(process.env.DAYS ?? 4);
/** Clocks in Europe change on the 29th. */
const START = Date.UTC(2026, 2, 27);
/** Every other day upstream or a table is away for a while; what the queue holds then comes late. */
const OUTAGES: readonly Window[] = Array.from({ length: Math.floor(DAYS / 2) }, (_, n) => {
  const from = START + n * 2 * DAY + 7 * HOUR + 13 * MINUTE;
  const kind = n % 2 === 0 ? 'upstream down' : 'tables down';
  return { kind, from, until: from + (n % 2 === 0 ? 40 : 10) * MINUTE };
});

/** Two runs at a time, each of 20 h, one after the other. */
function jobsOfDays(): JobPlan[] {
  return Array.from({ length: 2 * DAYS }, (_, n) => {
    const at = START + Math.floor(n / 2) * DAY + (n % 2) * HOUR;
    return {
      jobId: `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
      script: {
        states: [{ at, word: 'Running' }],
        end: { at: at + 20 * HOUR, word: n % 3 === 0 ? 'Failed' : 'Succeeded' },
      },
      requests: [{ at: at + 1, kind: 'register', timeoutMinutes: 2_880 }],
    };
  });
}

/** A time in which nothing goes wrong but clocks, messages, and now and then an outage. */
function quietTime(): Plan {
  const quiet = createPlan(1);
  const none = Object.fromEntries(Object.keys(quiet.rates).map((kind) => [kind, 0]));
  return {
    ...quiet,
    start: START,
    calmFrom: START + DAYS * DAY,
    checksPerMinute: 60,
    checkEvery: 15_000,
    concurrency: 50,
    skew: 3_000,
    indexLag: 1_000,
    rates: {
      ...(none as Plan['rates']),
      'process replaced': 0.02,
      'message lost': 0.03,
      'message doubled': 0.05,
      'message late': 0.1,
    },
    windows: OUTAGES,
    jobs: jobsOfDays(),
    iModels: [],
  };
}

it(`${DAYS} days of changing clocks, outages and stale messages lose no minute`, {
  timeout: 600_000,
}, async () => {
  const outcomes = new Map<string, number>();
  const minutes = new Set<number>();
  let minute = 0;
  const { figures, violation } = await runPlan(quietTime(), (line) => {
    const [, hour = 0, clock = 0, outcome] = /^(\d\d):(\d\d):.+ is over: (\w+)/.exec(line) ?? [];
    if (outcome === undefined) return;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const ofDay = Number(hour) * 60 + Number(clock);
    while (minute % 1_440 !== ofDay) minute += 1;
    if (outcome === 'Completed' || outcome === 'Paused') minutes.add(minute);
  });
  const away = OUTAGES.filter(({ kind }) => kind === 'tables down').length * 11;
  console.log(Object.fromEntries(outcomes), figures.alerts, minutes.size);
  expect(violation).toBeUndefined();
  expect(figures.alerts).toBe(2 * DAYS);
  expect(outcomes.get('TooLate')).toBeGreaterThan(100);
  expect(minutes.size).toBeGreaterThanOrEqual(DAYS * 1_440 - away);
});
