/** Virtual time: it stands still while anybody can go on, then jumps to what comes next. */
export interface Scheduler {
  /** ms since the epoch. */
  now(): number;
  /** Lets something happen at a time (ms since the epoch); what is due at once, in the order given. */
  at(time: number, happen: Happen): void;
  /** Lets everything happen that happens up to a time, and stops there. */
  runUntil(time: number): Promise<void>;
}

/** Lets something happen. @returns whether anybody may be able to go on because of it */
export type Happen = () => boolean;

interface Event {
  readonly time: number;
  readonly order: number;
  readonly happen: Happen;
}

/** A scheduler whose clock stands at `start` (ms since the epoch). */
export function createScheduler(start: number): Scheduler {
  // A tick that a promise asks for comes when nothing is left to do that promises have set off.
  const settled = Promise.resolve();
  const events: Event[] = [];
  let now = start;
  let order = 0;
  return {
    now: () => now,
    at(time, happen) {
      order += 1;
      push(events, { time: Math.max(time, now), order, happen });
    },
    runUntil(time) {
      return new Promise((resolve) => {
        function goOn(): void {
          // To let everybody go on costs more than most of what happens.
          let isAnybodyAwake = false;
          while (!isAnybodyAwake) {
            const [next] = events;
            if (next === undefined || next.time > time) {
              now = time;
              resolve();
              return;
            }
            pop(events);
            now = next.time;
            isAnybodyAwake = next.happen();
          }
          void settled.then(onceAllWait);
        }
        const onceAllWait = () => process.nextTick(goOn);
        onceAllWait();
      });
    },
  };
}

function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** A binary heap: with thousands of timeouts under way, sorting would be most of the work. */
function push(heap: Event[], event: Event): void {
  let at = heap.length;
  for (let parent = (at - 1) >> 1; at > 0; parent = (at - 1) >> 1) {
    const above = heap[parent] as Event;
    if (isBefore(above, event)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const below = right < heap.length && isBefore(heap[right] as Event, heap[left] as Event);
    const child = below ? right : left;
    if (child >= heap.length || isBefore(last, heap[child] as Event)) break;
    heap[at] = heap[child] as Event;
    at = child;
  }
  heap[at] = last;
}
