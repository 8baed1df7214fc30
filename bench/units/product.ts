import { createIModelStore } from '../../functions/adapters/dynamodb/imodels.ts';
import { createJobStore } from '../../functions/adapters/dynamodb/jobs-table.ts';
import { createStatisticsStore } from '../../functions/adapters/dynamodb/statistics.ts';
import {
  createCheckpointStore,
  createLengthStore,
  createSubscriptionStore,
} from '../../functions/adapters/dynamodb/tables.ts';
import { registerJob } from '../../functions/api/use-cases/register-jobs.ts';
import { DEFAULT_KIND } from '../../functions/core/kinds/kinds.ts';
import type { TimeSource } from '../../functions/core/ports.ts';
import { sweep } from '../../functions/monitor/sweep.ts';
import { BUDGET } from '../services/function-environment.ts';
import { runsOf } from '../services/pending-jobs.ts';
import type { Design, DesignParts } from './design.ts';

/** This product: its API's use case, its sweep and its adapters of the tables. */
export function createProduct({ documents, upstreamState, now }: DesignParts): Design {
  const time: TimeSource = { now, timeout: (ms) => AbortSignal.timeout(ms) };
  const jobs = createJobStore(documents, 'Jobs');
  const ports = {
    jobs,
    checkpoints: createCheckpointStore(documents, 'Checkpoint'),
    statistics: createStatisticsStore(documents, {
      jobsTable: 'Jobs',
      checkpointTable: 'Checkpoint',
    }),
    status: { ask: async () => ({ kind: 'Status', state: upstreamState() }) as const },
    runLists: {
      async ask({ iModelId }: { readonly iModelId: string }) {
        const status = { kind: 'Status', state: upstreamState(), isListed: true } as const;
        const runs = runsOf(iModelId).map((jobId) => ({ jobId, status }));
        return { kind: 'Page', runs } as const;
      },
    },
    lengths: createLengthStore(documents, 'Jobs'),
    iModels: createIModelStore(documents, 'Jobs'),
    runLogs: { ask: async () => ({ kind: 'Page', entries: [], hasMore: false }) as const },
    names: { ask: async () => ({ kind: 'Unreadable', reason: 'Upstream answered 404.' }) as const },
    tokens: {
      current: async () => 'token',
      renew: async () => 'token',
      credentialsVersion: async () => '1',
    },
    topic: { publish: async () => undefined },
    operators: { publish: async () => undefined, list: async () => [] },
    subscriptions: createSubscriptionStore(documents, 'Subscriptions'),
    subscribers: { declared: [], list: async () => [] },
    time,
    log: { info: ignore, warn: ignore, error: ignore },
  };
  return {
    async register(jobId) {
      const registration = { label: 'Tower B, nightly', timeoutMinutes: 1_440 };
      await registerJob(
        { jobs, time },
        { kind: DEFAULT_KIND, jobId, ...registration, named: [], registeredBy: 'pipeline' },
      );
    },
    async sweep() {
      await sweep(ports, { checksPerMinute: BUDGET, concurrency: 50 });
    },
  };
}

function ignore(): void {}
