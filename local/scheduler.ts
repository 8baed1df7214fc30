import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What stands in for EventBridge Scheduler. */
export interface Scheduler {
  /** No further sweep begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * Invokes the monitor at once and then every so many seconds, one invocation at a time.
 *
 * @param invoke what to call with the event
 * @param onError gets what an invocation throws; the next one comes all the same
 */
export function startScheduler(
  seconds: number,
  invoke: (event: unknown) => Promise<unknown>,
  onError: (error: unknown) => void,
): Scheduler {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const nextAt = Date.now() + seconds * 1_000;
      await invoke(scheduledEvent()).catch(onError);
      const wait = Math.max(0, nextAt - Date.now());
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}

/** The event that the deployed schedule sends, in the form of EventBridge's scheduled events. */
function scheduledEvent(): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: '000000000000',
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [],
    detail: '{}',
  };
}
