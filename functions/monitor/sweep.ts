import { omit } from '../core/objects.ts';
import { type Checkpoint, LEASE, owesMonths } from '../core/sweeps/checkpoint.ts';
import { isTokenDue, outageSince } from '../core/sweeps/faults.ts';
import { followUps, lateness } from '../core/sweeps/pass.ts';
import { owedNotices, troublesAfter } from '../core/sweeps/troubles.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { tellDigest } from './alerts/digest.ts';
import { createExplain } from './alerts/explain.ts';
import { findListeners, tellOperator } from './alerts/operator.ts';
import { createOutbox, publishLeftOwed } from './alerts/outbox.ts';
import { checkPendingJobs } from './checks/pass.ts';
import type { SweepContext, SweepPorts, SweepSettings } from './context.ts';
import { acquireLease } from './lease.ts';
import { emptyReport, type SweepReport } from './metrics.ts';
import { keepMonths } from './months.ts';
import { pauseInForce } from './upstream/circuit-breaker.ts';
import { openUpstream } from './upstream/upstream.ts';

/** The part of its lease after which everything in flight is aborted: to save the rest takes a while. */
const WORK_SHARE = 52 / 60;

/** The least time (ms) that a follow-up is worth beginning with. */
const LEAST_TIME = 5 * SECOND;

/**
 * One sweep:
 *
 * 1. takes the lease, or ends because another sweep holds it;
 * 2. finds out whether requests to upstream are paused;
 * 3. paused or not, tells the operator what is wrong, publishes what earlier sweeps left owed, a digest
 *    too, and now and then finds out who gets alerts;
 * 4. unless paused, tries the credentials once an hour, checks the pending jobs in key order from where
 *    the last sweep stopped, and records and publishes what is news;
 * 5. once a month counts how its runs ended;
 * 6. saves how far it came, and lets go of the lease;
 * 7. asks for follow-ups within its minute, unless it is one.
 *
 * @param until when a follow-up must be over (ms since the epoch); undefined: it is a sweep of the schedule
 */
export async function sweep(
  ports: SweepPorts,
  settings: SweepSettings,
  until?: number,
): Promise<SweepReport> {
  const report = emptyReport();
  const startedAt = ports.time.now();
  const isFollowUp = until !== undefined;
  const lasts = isFollowUp ? Math.min(LEASE, until - startedAt) : LEASE;
  // Messages that waited through an outage would be sweeps by the dozen.
  if (lasts < LEAST_TIME) return { ...report, outcome: 'TooLate' };
  const signal = ports.time.timeout(Math.floor(lasts * WORK_SHARE));
  const lease = await acquireLease(ports, settings.checksPerMinute, lasts);
  if (!lease) return { ...report, outcome: 'LeaseHeld' };

  const { awake } = lease.checkpoint;
  const clock = () => ({ now: ports.time.now(), awake });
  const context: SweepContext = { ...ports, report, startedAt, isFollowUp, signal, clock };
  const pause = await pauseInForce(context, lease.found.pause);
  const upstream = openUpstream(context, settings, { lease, isPaused: pause !== undefined });
  const outbox = createOutbox(context, createExplain(context, upstream));
  const listeners = findListeners(context, lease.found.listeners, settings.lookEvery);
  const troubles = await tellOperator(context, lease.found);
  await publishLeftOwed(context, outbox, pause !== undefined);
  const digest = settings.digest && (await tellDigest(context, settings.digest, lease.found));

  if (!pause && isTokenDue(lease.found.contact, ports.time.now())) await upstream.tryToken();
  const checked = pause
    ? { ...lease.checkpoint, ...upstream.bucket, lastSweepAt: ports.time.now() }
    : await checkPendingJobs(context, settings, { lease, upstream, outbox });
  // A follow-up has no time for it.
  const isCounting = !isFollowUp && owesMonths(lease.found, ports.time.now());
  const kept = isCounting ? await keepMonths(context, lease.found) : {};
  const result = {
    ...omit(checked, 'digest'),
    ...(await listeners),
    ...kept,
    ...(digest && { digest }),
  };
  addStanding(report, result, ports.time.now(), settings);
  const next = {
    ...result,
    troubles: troublesAfter(
      troubles,
      { ...report, ...result },
      ports.time.now(),
      owedNotices(lease.found),
    ),
  };
  report.outcome = pause ? 'Paused' : 'Completed';
  if (!(await lease.release(next))) report.outcome = 'Overstayed';
  else if (!isFollowUp && leavesPending(report)) await follow(context, settings, next);
  return report;
}

/** Of the runs that a sweep found, some had ended: those were not checked. */
function leavesPending({ checks, runsFound, jobsEnded }: SweepReport): boolean {
  return checks + runsFound > jobsEnded;
}

/** Asks for the follow-ups that there is room for. Never throws: without them the next minute does. */
async function follow(
  { followUps: queue, time, log, signal, startedAt }: SweepContext,
  { checksPerMinute, checkEvery = MINUTE }: SweepSettings,
  checkpoint: Checkpoint,
): Promise<void> {
  const { at, until } = followUps(checkpoint, startedAt, { checksPerMinute, checkEvery });
  const delays = at
    .map((begin) => Math.round((begin - time.now()) / SECOND))
    .filter((delay) => delay > 0);
  if (!queue || delays.length === 0) return;
  try {
    await queue.send(delays, until, signal);
  } catch (error) {
    log.warn('No more sweeps could be asked for in this minute: ends are told later', { error });
  }
}

/** Tells how the monitor stands after the sweep, beyond what the sweep did. */
function addStanding(
  report: SweepReport,
  checkpoint: Checkpoint,
  now: number,
  { checksPerMinute }: SweepSettings,
): void {
  if (checkpoint.listeners) report.listeners = checkpoint.listeners;
  if (checkpoint.pause) {
    report.pausedFor = checkpoint.pause.reason;
    return;
  }
  if (outageSince(checkpoint.contact, now) !== undefined) report.pausedFor = 'UpstreamDown';
  const ratio = lateness(checkpoint, now, checksPerMinute);
  if (ratio !== undefined) report.lateness = ratio;
}
