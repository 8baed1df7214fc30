import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Credentials } from '../../../../functions/adapters/credentials.ts';
import { applyChange, newJob } from '../../../../functions/core/apply.ts';
import type { Checkpoint } from '../../../../functions/core/checkpoint.ts';
import { DAY, MINUTE } from '../../../../functions/core/durations.ts';
import type { Job } from '../../../../functions/core/job.ts';
import type { State } from '../../../../functions/core/states.ts';
import { sweep } from '../../../../functions/monitor/sweep.ts';
import type { SweepPorts, SweepSettings } from '../../../../functions/monitor/sweep-context.ts';
import type { SweepReport } from '../../../../functions/monitor/sweep-report.ts';
import type { Answer } from '../../../../local/itwin-simulator/script.ts';
import type { ItwinSimulator } from '../../../../local/itwin-simulator/server.ts';
import { RUNNING } from './answers.ts';
import { AWS_CREDENTIALS, type Engines, REGION, startEngines } from './engines.ts';
import { type RecordedCommand, recordCommands } from './recorded-commands.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { createPorts, storesOf } from './world-ports.ts';

/** What to make of a world. */
export interface WorldOptions {
  /** When it begins (ms since the epoch). @default 2026-02-01T00:00:00Z */
  readonly start?: number;
  /** How much real time a timeout takes: 0.01 for a hundredth. @default 1 */
  readonly timeScale?: number;
}

/** A job to register, with the run that it watches. */
export interface TestJob {
  /** @default the next one in key order */
  readonly jobId?: string;
  readonly label?: string;
  /** Any state but this one means that the job was seen before. @default 'Registered' */
  readonly state?: State;
  /** ms since the epoch. @default in a day */
  readonly timeoutAt?: number;
  /** What upstream answers. @default Running */
  readonly answer?: Answer;
}

/** What the topic accepted, as a machine reads it. */
export interface TestAlert {
  readonly id: string;
  readonly jobId: string;
  readonly state: State;
  readonly reason?: string;
}

/** All that the monitor needs, for one test: the real adapters on real engines. */
export interface World extends Jobs, AsyncDisposable {
  readonly clock: TestClock;
  readonly engines: Engines;
  readonly simulator: ItwinSimulator;
  /** The credentials as they are kept: to be changed at will. */
  readonly credentials: { -readonly [K in keyof Credentials]: Credentials[K] };
  /** What a sweep works with. */
  readonly ports: SweepPorts;
  /** What sweeps asked of DynamoDB; what the test itself asks is not in it. */
  readonly commands: readonly RecordedCommand[];
  /** What sweeps logged, as text. */
  readonly logged: readonly string[];
  /** Sweeps once, with a budget of 5,000 unless told otherwise. */
  sweep(settings?: Partial<SweepSettings>, ports?: Partial<SweepPorts>): Promise<SweepReport>;
  /** Sweeps now and then once a minute, or `every` so many ms, until so many ms have gone by. */
  sweepFor(ms: number, settings?: SeriesSettings): Promise<SweepReport[]>;
  /** Job ids of all status requests, in order. */
  asked(): string[];
  /** Whole minutes since the world began at which upstream was asked for a status or a token. */
  askedMinutes(): number[];
  /** What was published, oldest first. */
  alerts(): Promise<TestAlert[]>;
  checkpoint(): Promise<Checkpoint | undefined>;
  /** Forgets the requests, commands and log lines so far. */
  forget(): void;
  /** Begins anew as after a cold start: only what is in the tables stays. */
  restart(): void;
}

/** Settings of a series of sweeps. `every`: ms. */
type SeriesSettings = Partial<SweepSettings> & { readonly every?: number };

/** The jobs of a world, as everybody but the monitor deals with them. */
interface Jobs {
  /** Job ids of all that are registered, in order. */
  readonly jobIds: readonly string[];
  /** Puts a job on record, and its run into the simulator. @returns its job id */
  register(job?: TestJob): Promise<string>;
  /** @returns the job ids, in key order */
  registerMany(count: number, job?: TestJob): Promise<string[]>;
  job(jobId: string): Promise<Job>;
  /** Writes what somebody else does to a job. */
  change(jobId: string, change: (job: Job) => Job): Promise<void>;
}

const SETTINGS: SweepSettings = { checksPerMinute: 5_000, concurrency: 50 };

/** Makes a world. It ends with the block in which it is declared by `await using`. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { start = Date.UTC(2026, 1, 1), timeScale = 1 } = options;
  const clock = createTestClock(start, timeScale);
  const engines = await startEngines(clock.now);
  const { simulator, sns } = engines;
  const aws = { region: REGION, credentials: AWS_CREDENTIALS };
  const topic = new SNSClient({ ...aws, endpoint: sns.url });
  const tables = new DynamoDBClient({ ...aws, endpoint: engines.dynamoDbUrl });
  const ownTables = new DynamoDBClient({ ...aws, endpoint: engines.dynamoDbUrl });
  const { jobs, checkpoints } = storesOf(ownTables);
  const commands = recordCommands(tables);
  const logged: string[] = [];
  const { clientId, clientSecret } = simulator;
  const credentials = { clientId, clientSecret, version: '1' };
  const parts = { engines, tables, topic, time: clock, timeScale, credentials, logged };
  let ports = createPorts(parts);

  const world: World = {
    ...createJobs(jobs, simulator, clock),
    clock,
    engines,
    simulator,
    credentials,
    get ports() {
      return ports;
    },
    commands,
    logged,
    sweep: (settings, others) => sweep({ ...ports, ...others }, { ...SETTINGS, ...settings }),
    async sweepFor(ms, { every = MINUTE, ...settings } = {}) {
      const reports: SweepReport[] = [];
      for (const end = clock.now() + ms; clock.now() < end; clock.advance(every)) {
        reports.push(await world.sweep(settings));
      }
      return reports;
    },
    asked: () => simulator.requests.list('status').map(({ jobId = '' }) => jobId),
    askedMinutes() {
      const minutes = simulator.requests.list().map(({ at }) => Math.floor((at - start) / MINUTE));
      return [...new Set(minutes)];
    },
    async alerts() {
      const alerts = await sns.alerts();
      return alerts.map((alert) => JSON.parse(alert.default)).reverse();
    },
    checkpoint: () => checkpoints.read(),
    forget() {
      simulator.requests.clear();
      commands.length = 0;
      logged.length = 0;
    },
    restart() {
      ports = createPorts(parts);
    },
    async [Symbol.asyncDispose]() {
      for (const client of [topic, tables, ownTables]) client.destroy();
      await engines.close();
    },
  };
  return world;
}

function createJobs(
  store: SweepPorts['jobs'],
  simulator: ItwinSimulator,
  { now }: TestClock,
): Jobs {
  const jobIds: string[] = [];
  const nextJobId = () => {
    const count = String(jobIds.length + 1);
    return `00000000-0000-4000-8000-${count.padStart(12, '0')}`;
  };
  const jobs: Jobs = {
    jobIds,
    async register({ jobId = nextJobId(), label, state, timeoutAt, answer = RUNNING } = {}) {
      jobIds.push(jobId);
      const job = newJob({
        jobId,
        ...(label !== undefined && { label }),
        registeredAt: now(),
        registeredBy: 'test',
        timeoutAt: timeoutAt ?? now() + DAY,
      });
      const to = { kind: 'Transition', to: state ?? job.state } as const;
      await store.add(state === undefined ? job : applyChange(job, to, now()));
      simulator.setRun(jobId, answer);
      return jobId;
    },
    async registerMany(count, job) {
      const all = Array.from({ length: count }, () => jobs.register(job));
      return Promise.all(all);
    },
    async job(jobId) {
      const job = await store.get(jobId);
      if (job === undefined) throw new Error(`There is no job ${jobId}.`);
      return job;
    },
    async change(jobId, change) {
      const before = await jobs.job(jobId);
      await store.update(before, change(before));
    },
  };
  return jobs;
}
