import { type Digest, digestCounts, hidingTroubles } from '../../core/alerts/digest.ts';
import {
  type DigestPeriod,
  type DigestRecord,
  type DigestSchedule,
  digestsAfter,
  owedDigest,
} from '../../core/alerts/digest-schedule.ts';
import { digestMessage } from '../../core/alerts/texts/digest.ts';
import { AlertRefused } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import { omit, pick } from '../../core/objects.ts';
import { monthSpans } from '../../core/statistics/months.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';

/** The most time (ms) that a sweep spends on a digest: checks must not wait for long. */
const TIME_TO_TELL = 10 * SECOND;
/** How many entries are read at a time, and how often: of ended runs, and of pending jobs. */
const PAGE = 1_000;
const MOST_PAGES = { ended: 50, pending: 10 };

/**
 * Publishes the digest that the record owes, its text made anew from the same period. Never throws: what
 * cannot be told stays owed, and the next sweep tries again under the same id. A digest that comes due is
 * only put on record: should this sweep die, the next must tell of the same period.
 *
 * @param checkpoint with the record as the sweep found it
 * @returns the record as the sweep leaves it
 */
export async function tellDigest(
  context: SweepContext,
  schedule: DigestSchedule,
  checkpoint: Pick<Checkpoint, 'digest' | 'troubles' | 'lastSweepAt'>,
): Promise<DigestRecord> {
  const { digest: found, troubles, lastSweepAt } = checkpoint;
  const { time, log, report, isFollowUp } = context;
  const owed = found && owedDigest(found, time.now());
  // A follow-up has no time for it.
  if (!owed || isFollowUp) return digestsAfter(found, schedule, time.now());
  try {
    const signal = AbortSignal.any([context.signal, time.timeout(TIME_TO_TELL)]);
    const hiding = hidingTroubles(troubles, lastSweepAt);
    const { timeZone } = schedule;
    await publish(context, { ...(await gather(context, owed, signal)), hiding, timeZone }, signal);
  } catch (error) {
    report.errors += 1;
    log.error('A digest could not be told; the next sweep tries again', { ...owed, error });
    return found;
  }
  report.digestsPublished += 1;
  log.info('A digest was told', { ...owed });
  return omit(found, 'from');
}

/** What cannot be published with outside text is published without. */
async function publish({ topic, log, report }: SweepContext, digest: Digest, signal: AbortSignal) {
  try {
    await topic.publish(digestMessage(digest), signal);
  } catch (error) {
    if (!(error instanceof AlertRefused)) throw error;
    log.warn('The topic refused a digest as invalid; publishing it bare', { id: digest.id, error });
    await topic.publish(digestMessage(digest, true), signal);
    report.bareAlerts += 1;
  }
}

async function gather(
  context: SweepContext,
  period: DigestPeriod,
  signal: AbortSignal,
): Promise<Omit<Digest, 'hiding'>> {
  const { jobs, time } = context;
  const all = digestCounts();
  const isPartial = await addEnded(context, period, all.addEnded, signal);
  const pendingIsPartial = await addPending(context, all.addPending, signal);
  // One after the other: if one failed, the others would outlive the sweep.
  const failures: Job[] = [];
  for (const jobId of all.failures()) {
    const job = await jobs.get(jobId, signal);
    // One that was registered again meanwhile runs on, or has another end.
    if (job?.endedAt !== undefined && job.endedAt < period.to) failures.push(job);
  }
  return {
    ...period,
    ...all.counts(),
    isPartial,
    pendingIsPartial,
    failures,
    madeAt: time.now(),
    ...pick(context, 'pageUrl'),
  };
}

/** @returns whether there are more than were read */
async function addEnded(
  { statistics }: SweepContext,
  { from, to }: DigestPeriod,
  add: ReturnType<typeof digestCounts>['addEnded'],
  signal: AbortSignal,
): Promise<boolean> {
  let pages = 0;
  for (const span of monthSpans(from, to)) {
    let after: string | undefined;
    do {
      if (pages === MOST_PAGES.ended) return true;
      pages += 1;
      const { items, last } = await statistics.endedPage(span, after, PAGE, signal);
      for (const run of items) add(run);
      after = last;
    } while (after !== undefined);
  }
  return false;
}

/** @returns whether there are more than were read */
async function addPending(
  { jobs }: SweepContext,
  add: ReturnType<typeof digestCounts>['addPending'],
  signal: AbortSignal,
): Promise<boolean> {
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES.pending; page += 1) {
    const { items, last } = await jobs.pendingPage(after, PAGE, signal);
    for (const entry of items) add(entry);
    if (last === undefined) return false;
    after = last;
  }
  return true;
}
