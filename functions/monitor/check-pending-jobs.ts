import { afterWalk, budgetAt, type Checkpoint } from '../core/checkpoint.ts';
import { SECOND } from '../core/durations.ts';
import { NO_ANSWERS } from '../core/evidence.ts';
import { createCheck } from './check.ts';
import { createJudge } from './judge.ts';
import type { Lease } from './lease.ts';
import { createPauses } from './pauses.ts';
import type { Publisher } from './publisher.ts';
import { createRecorder } from './record.ts';
import { createRequestGate } from './request-gate.ts';
import { createSettledKeys } from './settled-keys.ts';
import type { SweepContext, SweepSettings } from './sweep-context.ts';
import { createTokenSession } from './token-session.ts';
import { walkPendingJobs } from './walk.ts';

/** No request starts later than this into a sweep (ms). */
const START_UNTIL = 40 * SECOND;

/**
 * The part of a sweep that asks upstream: puts together the gate, the walk and the judge, and says
 * how far they came.
 */
export async function checkPendingJobs(
  context: SweepContext,
  settings: SweepSettings,
  lease: Lease,
  publisher: Publisher,
): Promise<Checkpoint> {
  const { time, report, signal } = context;
  const { found } = lease;
  const startedAt = time.now();
  const budget = budgetAt(found, startedAt, settings.checksPerMinute);
  const gate = createRequestGate(budget, () => time.now() < context.startedAt + START_UNTIL);
  const keys = createSettledKeys();
  const pauses = createPauses(context, gate, lease);
  const session = createTokenSession(context.tokens, signal);
  const record = createRecorder(context, publisher);
  const judge = createJudge(context, {
    pauses,
    record,
    keys,
    passTally: found.tally,
    lastPassTally: found.lastPassTally ?? NO_ANSWERS,
  });
  const check = createCheck(context, gate, session);

  const isExhausted = await walkPendingJobs(context, {
    after: found.after,
    concurrency: settings.concurrency,
    gate,
    check,
    judge,
    keys,
    publisher,
  });
  const tally = await judge.conclude(isExhausted && !gate.isClosed);

  const isPassComplete = isExhausted && keys.areAll;
  report.pending = found.pendingSeen + keys.count;
  report.passesCompleted = isPassComplete ? 1 : 0;
  return afterWalk(
    lease.checkpoint,
    {
      startedAt,
      last: keys.last,
      settled: keys.count,
      isPassComplete,
      tally,
      budgetLeft: gate.left,
      pause: pauses.current,
      pauseCount: pauses.count,
    },
    time.now(),
  );
}
