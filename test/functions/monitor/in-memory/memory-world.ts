import type { LogsAnswer } from '../../../../functions/core/alerts/log-digest.ts';
import type { IModel } from '../../../../functions/core/imodels/imodel.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import type { Checkpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { DAY, SECOND } from '../../../../functions/core/time.ts';
import type { SweepPorts, SweepSettings } from '../../../../functions/monitor/context.ts';
import type { SweepReport } from '../../../../functions/monitor/metrics.ts';
import { sweep } from '../../../../functions/monitor/sweep.ts';
import { callAtOnce } from '../../../simulation/contracts/call-at-once.ts';
import { createMemoryTables } from '../support/memory-tables.ts';
import { createTestClock, type TestClock } from '../support/test-clock.ts';

/** How upstream answers: at once, or as a function finds. */
export type Reply<T> = T | ((signal: AbortSignal) => Promise<T>);

/** A line of the log: its level, and its facts. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A monitor whose outside world is what a test says, in memory: for whatever needs no engine. */
export interface MemoryWorld {
  readonly clock: TestClock;
  /** The ports: a test may put another in the place of any. */
  readonly ports: SweepPorts;
  /** What upstream answers next, one after the other; the last one stays. */
  readonly answers: Map<string, Reply<Answer>[]>;
  /** The pages of logs, one after the other; the last one stays. */
  readonly logs: Reply<LogsAnswer>[];
  /** Job ids of all status requests, in order. */
  readonly asked: string[];
  /** The alerts that the topic took, as machines read them, oldest first. */
  readonly published: { readonly jobId: string; readonly state: string }[];
  readonly logged: LogLine[];
  /** Puts a job on record that has been seen `Running`. */
  add(jobId: string, facts?: Partial<Job>): Job;
  job(jobId: string): Job | undefined;
  /** Puts an iModel on record as one that is watched. */
  watch(iModel: IModel): void;
  iModel(iModelId: string): IModel | undefined;
  checkpoint(): Checkpoint | undefined;
  /** Sweeps once, one check after the other, with a budget of 100 unless told otherwise. */
  sweep(settings?: Partial<SweepSettings>): Promise<SweepReport>;
}

/** Where the clock stands at first: 2026-02-01T00:00:00Z. */
export const BEGIN = Date.UTC(2026, 1, 1);

/** The job with a number, in the order of keys. */
export function jobId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** A world without jobs; everybody upstream answers `Running`. */
export function createMemoryWorld(): MemoryWorld {
  const clock = createTestClock(BEGIN);
  const tables = createMemoryTables(clock.now);
  const { jobs, checkpoints } = tables;
  const seen: Seen = { asked: [], published: [], logged: [] };
  const upstream: Upstream = { answers: new Map(), logs: [] };
  const ports: SweepPorts = {
    ...tables.storesOf(callAtOnce),
    ...upstreamOf(upstream, seen),
    ...topicOf(seen),
    time: clock,
    log: logOf(seen),
  };
  return {
    clock,
    ports,
    ...upstream,
    ...seen,
    add(id, facts = {}) {
      const job: Job = {
        jobId: id,
        registeredAt: BEGIN - 30 * SECOND,
        registeredBy: 'test',
        timeoutAt: BEGIN + DAY,
        state: 'Running',
        version: 1,
        transitions: [],
        ...facts,
      };
      jobs.add(job);
      return job;
    },
    job: (id) => jobs.get(id),
    watch: (iModel) => void jobs.iModels.add(iModel),
    iModel: (id) => jobs.iModels.get(id),
    checkpoint: () => checkpoints.read(),
    sweep: (settings) => sweep(ports, { checksPerMinute: 100, concurrency: 1, ...settings }),
  };
}

type Upstream = Pick<MemoryWorld, 'answers' | 'logs'>;
type Seen = Pick<MemoryWorld, 'asked' | 'published' | 'logged'>;

function upstreamOf(
  { answers, logs }: Upstream,
  { asked }: Seen,
): Pick<SweepPorts, 'status' | 'runLists' | 'runLogs' | 'names' | 'tokens'> {
  return {
    status: {
      ask({ jobId: id }, _token, signal) {
        asked.push(id);
        return said(next(answers.get(id) ?? []) ?? { kind: 'Status', state: 'Running' }, signal);
      },
    },
    runLists: { ask: async () => ({ kind: 'Page', runs: [] }) },
    runLogs: {
      ask: (_id, _next, _token, signal) =>
        said(next(logs) ?? { kind: 'Page', entries: [], hasMore: false }, signal),
    },
    names: { ask: async () => ({ kind: 'Unreadable', reason: 'Upstream answered 404.' }) as const },
    tokens: {
      current: async () => 'a token',
      renew: async () => 'a renewed token',
      credentialsVersion: async () => '1',
    },
  };
}

function topicOf({ published }: Seen): Pick<SweepPorts, 'topic' | 'operators' | 'subscribers'> {
  return {
    operators: { publish: async () => undefined, list: async () => [] },
    topic: {
      async publish(message) {
        published.push(JSON.parse(message.default));
      },
    },
    subscribers: {
      list: async () => [{ protocol: 'email', endpoint: 'team@example.com', arn: 'arn:1' }],
      declared: [],
    },
  };
}

function logOf({ logged }: Seen): SweepPorts['log'] {
  const at =
    (level: LogLine['level']) =>
    (message: string, facts: LogLine['facts'] = {}) => {
      if (!message) throw new Error('A line of the log says nothing.');
      logged.push({ level, message, facts });
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function next<T>(replies: T[]): T | undefined {
  return replies.length > 1 ? replies.shift() : replies[0];
}

function said<T extends Answer | LogsAnswer>(reply: Reply<T>, signal: AbortSignal): Promise<T> {
  return typeof reply === 'function' ? reply(signal) : Promise.resolve(reply);
}
