import { describe, expect, it } from 'vitest';
import {
  type IModel,
  newIModel,
  watchedIModel,
} from '../../../../functions/core/imodels/imodel.ts';
import { type Job, placeOf, watchedJob } from '../../../../functions/core/jobs/job.ts';
import type { PendingEntry, RunLengths } from '../../../../functions/core/sweeps/schedule.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import type { SweepPorts } from '../../../../functions/monitor/context.ts';
import { sweep } from '../../../../functions/monitor/sweep.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

const IMODELS = 500;
/** Runs that each list tells of, and jobs that are asked about by their ids. */
const LISTED_EACH = 5;
const BY_ID = 2_500;
/** Requests that it takes to ask about all. */
const REQUESTS = IMODELS + BY_ID;

/** What the runs of a list are. */
const KIND = 'grouping-and-mapping-extraction';

/** Runs end within minutes, or go on for a day: jobs of most ages are checked now and then. */
const HISTORY: RunLengths = {
  ended: [300, 300, 300],
  givenUp: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300],
};

function iModelId(n: number): string {
  return `b0d3c9f2-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function watched(n: number): IModel {
  const settings = { source: 'grouping-and-mapping', timeoutMinutes: 1_440 } as const;
  const known = Object.fromEntries(runsOf(n).map((id) => [id, BEGIN]));
  const iModel = newIModel({ iModelId: iModelId(n), watchedBy: 'test', ...settings }, BEGIN);
  return { ...iModel, known, newestAt: BEGIN, allReadAt: BEGIN + DAY };
}

function runsOf(n: number): string[] {
  return Array.from({ length: LISTED_EACH }, (_, run) => jobId(BY_ID + n * LISTED_EACH + run));
}

function running(id: string, facts: Partial<Job> = {}): PendingEntry {
  return watchedJob({
    jobId: id,
    registeredAt: BEGIN - DAY / 2,
    registeredBy: 'test',
    timeoutAt: BEGIN + 7 * DAY,
    state: 'Running',
    version: 2,
    transitions: [],
    ...facts,
  });
}

/** Ports of a world in which nothing is ever new, and which note when what was asked about. */
function portsOf({ ports, clock }: MemoryWorld): {
  ports: SweepPorts;
  asked: Map<string, number[]>;
} {
  const iModels = new Map(Array.from({ length: IMODELS }, (_, n) => [iModelId(n), watched(n)]));
  const entries: PendingEntry[] = [
    ...Array.from({ length: BY_ID }, (_, n) => running(jobId(n))),
    ...[...iModels.values()].flatMap((iModel, n) => [
      watchedIModel(iModel),
      ...runsOf(n).map((id) => running(id, { kind: KIND, iModelId: iModel.iModelId })),
    ]),
  ];
  const places = entries.map(placeOf);
  const asked = new Map<string, number[]>();
  const note = (key: string) => void asked.set(key, [...(asked.get(key) ?? []), clock.now()]);
  return {
    asked,
    ports: {
      ...ports,
      jobs: {
        ...ports.jobs,
        async pendingPage(after = '', limit) {
          const from = places.findIndex((place) => place > after);
          if (from === -1) return { items: [] };
          const last = places[from + limit - 1];
          return { items: entries.slice(from, from + limit), ...(last !== undefined && { last }) };
        },
      },
      iModels: { ...ports.iModels, get: async (id) => iModels.get(id) },
      runLists: {
        async ask({ iModelId: id }) {
          note(id);
          const runs = Object.keys(iModels.get(id)?.known ?? {}).map((run) => ({
            jobId: run,
            startedAt: BEGIN,
            status: { kind: 'Status', state: 'Running', isListed: true } as const,
          }));
          return { kind: 'Page', runs };
        },
      },
      status: {
        async ask({ jobId: id }) {
          note(id);
          return { kind: 'Status', state: 'Running' };
        },
      },
    },
  };
}

/** Sweeps by the minute. @returns the longest time (minutes) that each was not asked about */
async function longestWaits(
  minutes: number,
  checksPerMinute: number,
  runLengths?: RunLengths,
): Promise<{ iModels: number; jobs: number; asked: number }> {
  const world = createMemoryWorld();
  const { ports, asked } = portsOf(world);
  const settings = { checksPerMinute, concurrency: 50 };
  for (let minute = 0; minute < minutes; minute += 1) {
    await sweep(ports, settings);
    const checkpoint = await ports.checkpoints.read();
    if (minute === 0 && runLengths && checkpoint) {
      await ports.checkpoints.write({ ...checkpoint, runLengths, version: checkpoint.version + 1 });
    }
    world.clock.advance(MINUTE);
  }
  const longest = (ids: readonly string[]) => {
    const gaps = ids.map((id) => {
      const times = [BEGIN, ...(asked.get(id) ?? []), world.clock.now()];
      return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0)));
    });
    return Math.max(...gaps) / MINUTE;
  };
  return {
    iModels: longest(Array.from({ length: IMODELS }, (_, n) => iModelId(n))),
    jobs: longest(Array.from({ length: BY_ID }, (_, n) => jobId(n))),
    asked: asked.size,
  };
}

describe('500 iModels and 5,000 jobs, of which half are in their lists', () => {
  it('with a budget of 60 have each their turn within a pass: as long as their requests take', async () => {
    const pass = REQUESTS / 60 + 2;
    const waits = await longestWaits(3 * pass, 60);
    expect(waits.iModels).toBeLessThanOrEqual(pass);
    expect(waits.jobs).toBeLessThanOrEqual(pass);
    expect(waits.asked, 'no job of a list is asked about by its id').toBe(REQUESTS);
  });

  it('have it within eight passes where jobs are skipped, and iModels in every pass', async () => {
    const pass = REQUESTS / 60 + 2;
    const waits = await longestWaits(10 * pass, 60, HISTORY);
    expect(waits.iModels).toBeLessThanOrEqual(pass);
    expect(waits.jobs, 'some are skipped').toBeGreaterThan(pass);
    expect(waits.jobs).toBeLessThanOrEqual(8 * pass);
  });

  it('with a budget of 5,000 have it every minute', async () => {
    const waits = await longestWaits(6, 5_000);
    expect(waits).toEqual({ iModels: 1, jobs: 1, asked: REQUESTS });
  });
});
