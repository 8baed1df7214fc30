import { CAUSES } from '../core/sweeps/causes.ts';
import type { Checkpoint } from '../core/sweeps/checkpoint.ts';
import { isTokenDue, outageSince } from '../core/sweeps/faults.ts';
import { lateness } from '../core/sweeps/pass.ts';
import { isoTime, SECOND } from '../core/time.ts';
import { createExplain } from './alerts/explain.ts';
import { findListeners } from './alerts/listeners.ts';
import { createOutbox, publishLeftOwed } from './alerts/outbox.ts';
import { checkPendingJobs } from './checks/pass.ts';
import type { SweepContext, SweepPorts, SweepSettings } from './context.ts';
import { acquireLease } from './lease.ts';
import { emptyReport, type SweepReport } from './metrics.ts';
import { pauseInForce } from './upstream/circuit-breaker.ts';
import { openUpstream } from './upstream/upstream.ts';

/** Everything in flight is aborted this far into a sweep (ms); its function may run for 60 s. */
const ABORT_AFTER = 52 * SECOND;

/**
 * One sweep:
 *
 * 1. takes the lease, or ends because another sweep holds it;
 * 2. finds out whether requests to upstream are paused;
 * 3. paused or not, publishes what earlier sweeps left owed, and now and then finds out who gets
 *    alerts;
 * 4. unless paused, tries the credentials once an hour, checks the pending jobs in key order from where
 *    the last sweep stopped, and records and publishes what is news;
 * 5. saves how far it came, and lets go of the lease.
 */
export async function sweep(ports: SweepPorts, settings: SweepSettings): Promise<SweepReport> {
  const report = emptyReport();
  const startedAt = ports.time.now();
  const signal = ports.time.timeout(ABORT_AFTER);
  const lease = await acquireLease(ports, settings.checksPerMinute);
  if (!lease) return { ...report, outcome: 'LeaseHeld' };

  const { awake } = lease.checkpoint;
  const clock = () => ({ now: ports.time.now(), awake });
  const context: SweepContext = { ...ports, report, startedAt, signal, clock };
  const pause = await pauseInForce(context, lease.found.pause);
  const upstream = openUpstream(context, settings, { lease, isPaused: pause !== undefined });
  const outbox = createOutbox(context, createExplain(context, upstream));
  const listeners = findListeners(context, lease.found.listeners, settings.lookEvery);
  await publishLeftOwed(context, outbox);

  if (!pause && isTokenDue(lease.found.contact, ports.time.now())) await upstream.tryToken();
  const checked = pause
    ? { ...lease.checkpoint, budget: upstream.left, lastSweepAt: ports.time.now() }
    : await checkPendingJobs(context, settings, { lease, upstream, outbox });
  const result = { ...checked, ...(await listeners) };
  addStanding(report, result, ports.time.now(), settings);
  tellOutage(context, lease.found, result);
  report.outcome = pause ? 'Paused' : 'Completed';
  if (!(await lease.release(result))) report.outcome = 'Overstayed';
  return report;
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

/** Tells the log once that upstream has given no answer for a while, and once that it does again. */
function tellOutage({ log, time }: SweepContext, before: Checkpoint, after: Checkpoint): void {
  const told = outageSince(before.contact, before.lastSweepAt ?? 0);
  const since = outageSince(after.contact, time.now());
  if (told === undefined && since !== undefined) {
    const facts = { since: isoTime(since), pending: after.pendingSeen, ...CAUSES.UpstreamDown };
    log.error('Upstream has given no answer for minutes', facts);
  }
  if (told !== undefined && after.contact?.failingSince === undefined) {
    log.info('Upstream answers again', { since: isoTime(told) });
  }
}
