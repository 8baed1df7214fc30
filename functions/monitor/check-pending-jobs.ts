import { afterWalk, type Checkpoint } from '../core/checkpoint.ts';
import { NO_ANSWERS } from '../core/evidence.ts';
import { createCheck } from './check.ts';
import { createJudge } from './judge.ts';
import type { Lease } from './lease.ts';
import type { Publisher } from './publisher.ts';
import { createRecorder } from './record.ts';
import { createSettledKeys } from './settled-keys.ts';
import type { SweepContext, SweepSettings } from './sweep-context.ts';
import type { UpstreamAccess } from './upstream-access.ts';
import { walkPendingJobs } from './walk.ts';

/** What the checks of a sweep work with. */
export interface CheckParts {
  readonly lease: Lease;
  readonly upstream: UpstreamAccess;
  readonly publisher: Publisher;
}

/**
 * The part of a sweep that asks how runs stand: puts together the walk and the judge, and says how far
 * they came.
 */
export async function checkPendingJobs(
  context: SweepContext,
  { concurrency }: SweepSettings,
  { lease, upstream, publisher }: CheckParts,
): Promise<Checkpoint> {
  const { time, report } = context;
  const { found } = lease;
  const { gate, pauses, session } = upstream;
  const startedAt = time.now();
  const keys = createSettledKeys();
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
    concurrency,
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
