import { expect, it } from 'vitest';
import type { StatusEndpoint } from '../../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { RUNNING } from '../support/answers.ts';
import { dyingAfter } from '../support/dying-after.ts';
import { createWorld, type World } from '../support/world.ts';

const BUDGET = 10;
const SETTINGS = { checksPerMinute: BUDGET, checkEvery: 15 * SECOND, concurrency: 1 };

/** By how many requests any stretch of time has more than (t + 1) times the budget; at most 0 is right. */
function excess({ simulator: { requests } }: World): number {
  const times = requests
    .list()
    .filter(({ endpoint }) => endpoint !== 'token')
    .map(({ at }) => at);
  expect(times.length).toBeGreaterThan(BUDGET);
  return Math.max(
    ...times.flatMap((from, i) =>
      times.slice(i).map((to, n) => n + 1 - BUDGET * ((to - from) / MINUTE + 1)),
    ),
  );
}

/** The status endpoint, whose first answer takes half a minute: the other requests leave late. */
function hangingOnce({ ports, clock }: World): StatusEndpoint {
  let isFirst = true;
  return {
    async ask(...request) {
      const answer = await ports.status.ask(...request);
      if (isFirst) clock.advance(30 * SECOND);
      isFirst = false;
      return answer;
    },
  };
}

/** Sweeps for so many minutes, and each time a message comes: some twice, some never. */
async function sweepFor(world: World, minutes: number, jobs: number): Promise<void> {
  await world.registerMany(jobs, { answer: RUNNING });
  const start = world.clock.now();
  const goTo = (time: number) => world.clock.advance(Math.max(0, time - world.clock.now()));
  for (let minute = 0; minute < minutes; minute += 1) {
    const messages: { readonly at: number; readonly until: number }[] = [];
    const followUps = {
      async send(delays: readonly number[], until: number) {
        for (const delay of delays)
          messages.push({ at: world.clock.now() + delay * SECOND, until });
      },
    };
    goTo(start + minute * MINUTE);
    const status = minute % 2 === 0 ? hangingOnce(world) : world.ports.status;
    // Now and then one dies before it can say how many requests it made.
    const isLast = minute % 4 === 3;
    const ports = isLast ? { checkpoints: dyingAfter(1, world.ports.checkpoints) } : {};
    await world.sweep(SETTINGS, { ...ports, status, followUps }).catch(() => undefined);
    for (const [n, { at, until }] of messages.entries()) {
      if ((minute + n) % 5 === 0) continue;
      goTo(at);
      await world.sweep(SETTINGS, { status, followUps }, until);
      if (n === 1) await world.sweep(SETTINGS, { status, followUps }, until);
    }
  }
}

it.each([1, 2, 3, 7, 30])(
  'with %i jobs never more than (t + 1) times the budget leaves in any t minutes, follow-ups or not',
  async (jobs) => {
    await using world = await createWorld({ tables: 'memory' });
    await sweepFor(world, 14, jobs);
    expect(excess(world)).toBeLessThanOrEqual(0);
  },
);
