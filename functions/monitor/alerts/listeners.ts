import {
  isLookDue,
  type Listeners,
  listenersAmong,
  lostListeners,
  standings,
} from '../../core/alerts/listeners.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';

/** The most time (ms) that a look may take. */
const LOOK_TIME = 5 * SECOND;

/**
 * Finds out now and then who is subscribed to the alerts. It goes on beside the rest of the sweep and never
 * fails: what cannot be found out is logged and counted, and the next sweep looks again.
 *
 * @returns what to add to the checkpoint
 */
export async function findListeners(
  { subscriptions, subscribers, time, log, report, signal }: SweepContext,
  last: Listeners | undefined,
  lookEvery?: number,
): Promise<Pick<Checkpoint, 'listeners'>> {
  const now = time.now();
  if (!isLookDue(last, now, lookEvery)) return {};
  try {
    const limit = AbortSignal.any([signal, time.timeout(LOOK_TIME)]);
    // One after the other: if one failed, the other would outlive the sweep.
    const asked = await subscriptions.list(limit);
    const atTopic = await subscribers.list(limit);
    const { declared } = subscribers;
    const all = standings({ subscriptions: asked, subscribers: atTopic, declared }, now);
    const listeners = listenersAmong(all, last, now);
    if (listeners.confirmed === 0) log.warn('Nobody gets alerts', { listeners });
    else if (lostListeners(listeners) > 0) log.warn('Somebody should get alerts', { listeners });
    return { listeners };
  } catch (error) {
    report.errors += 1;
    log.error('Who gets alerts could not be found out; the next sweep looks again', { error });
    return {};
  }
}
