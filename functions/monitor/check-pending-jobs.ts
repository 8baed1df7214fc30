import { afterWalk, type Checkpoint } from '../core/checkpoint.ts';
import { NO_ANSWERS } from '../core/evidence.ts';
import { continuePass } from '../core/pass.ts';
import { learn, NO_RUNS } from '../core/run-lengths.ts';
import { createCheck } from './check.ts';
import { createJudge } from './judge.ts';
import type { Lease } from './lease.ts';
import type { Publisher } from './publisher.ts';
import { createRecorder } from './record.ts';
import { goRound, settledParts } from './round.ts';
import { createSettledKeys } from './settled-keys.ts';
import { createSettlement } from './settlement.ts';
import type { SweepContext, SweepSettings } from './sweep-context.ts';
import type { UpstreamAccess } from './upstream-access.ts';

/** What the checks of a sweep work with. */
export interface CheckParts {
  readonly lease: Lease;
  readonly upstream: UpstreamAccess;
  readonly publisher: Publisher;
}

/**
 * The part of a sweep that asks how runs stand: puts together the round and the judge, and says how far
 * they came.
 */
export async function checkPendingJobs(
  context: SweepContext,
  settings: SweepSettings,
  { lease, upstream, publisher }: CheckParts,
): Promise<Checkpoint> {
  const { time, report } = context;
  const { found } = lease;
  const { gate, pauses, session } = upstream;
  const keys = createSettledKeys();
  let { runLengths } = found;
  const record = createRecorder(context, publisher, (job) => {
    runLengths = learn(runLengths ?? NO_RUNS, job);
  });
  const judge = createJudge(context, {
    pauses,
    settlement: createSettlement(context, record, keys),
    tallies: { pass: found.tally, lastPass: found.lastPassTally ?? NO_ANSWERS },
  });
  const check = createCheck(context, gate, session);

  const round = await goRound(context, settings, found, { gate, check, judge, keys, publisher });
  await judge.conclude(round.areAllAsked);

  const now = time.now();
  const parts = settledParts(round, keys);
  report.pending = found.pendingSeen + (parts[0]?.settled.length ?? 0);
  report.passesCompleted = parts.filter(({ isPassComplete }) => isPassComplete).length;
  return afterWalk(
    parts.reduce((checkpoint, part) => continuePass(checkpoint, part, now), lease.checkpoint),
    {
      budgetLeft: gate.left,
      pause: pauses.current,
      pauseCount: pauses.count,
      runLengths,
    },
    now,
  );
}
