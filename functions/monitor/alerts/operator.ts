import {
  isLookDue,
  type Listeners,
  listenersAmong,
  lostListeners,
  standings,
} from '../../core/alerts/listeners.ts';
import { noticeMessage } from '../../core/alerts/notice.ts';
import { CAUSES } from '../../core/sweeps/causes.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { owedNotices, type Troubles, withTold } from '../../core/sweeps/troubles.ts';
import { isoTime, SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';

/** The most time (ms) for what a sweep tells the operator: jobs must not wait for a topic that hangs. */
const TIME_TO_TELL = 5 * SECOND;

/**
 * Publishes what the operator is owed by the record, paused or not, and tells the log the same. Never
 * throws: what the topic does not take, the next sweep tells.
 *
 * @returns the troubles on record, with what was told by now
 */
export async function tellOperator(
  { operators, time, timeZone, log, report, signal }: SweepContext,
  found: Checkpoint,
): Promise<Troubles> {
  let { troubles = {} } = found;
  const limit = AbortSignal.any([signal, time.timeout(TIME_TO_TELL)]);
  for (const notice of owedNotices(found)) {
    const { id: noticeId, phase, cause, since, pending } = notice;
    try {
      await operators.publish(noticeMessage(notice, timeZone), limit);
    } catch (error) {
      report.errors += 1;
      report.noticesFailed += 1;
      log.error('The operator could not be told; the next sweep tries again', { noticeId, error });
      break;
    }
    troubles = withTold(troubles, notice);
    report.noticesPublished += 1;
    const facts = { noticeId, since: isoTime(since), pending, ...CAUSES[cause] };
    if (phase === 'Began') log.error('The operator was told of a trouble', facts);
    else log.info('The operator was told that a trouble is over', facts);
  }
  return troubles;
}

/** The most time (ms) that a look may take. */
const TIME_TO_LOOK = 5 * SECOND;

/**
 * Finds out now and then who is subscribed to the alerts, and to the notices. It goes on beside the rest of the sweep and never
 * fails: what cannot be found out is logged and counted, and the next sweep looks again.
 *
 * @returns what to add to the checkpoint
 */
export async function findListeners(
  { subscriptions, subscribers, operators, time, log, report, signal }: SweepContext,
  last: Listeners | undefined,
  lookEvery?: number,
): Promise<Pick<Checkpoint, 'listeners'>> {
  const now = time.now();
  if (!isLookDue(last, now, lookEvery)) return {};
  try {
    const limit = AbortSignal.any([signal, time.timeout(TIME_TO_LOOK)]);
    // One after the other: if one failed, the other would outlive the sweep.
    const asked = await subscriptions.list(limit);
    const atTopic = await subscribers.list(limit);
    const { declared } = subscribers;
    const all = standings({ subscriptions: asked, subscribers: atTopic, declared }, now);
    const atOperators = await operators.list(limit);
    const listeners = {
      ...listenersAmong(all, last, now),
      operators: atOperators.filter(({ arn }) => arn !== undefined).length,
    };
    if (listeners.confirmed === 0) log.warn('Nobody gets alerts', { listeners });
    else if (lostListeners(listeners) > 0) log.warn('Somebody should get alerts', { listeners });
    return { listeners };
  } catch (error) {
    report.errors += 1;
    log.error('Who gets alerts could not be found out; the next sweep looks again', { error });
    return {};
  }
}
