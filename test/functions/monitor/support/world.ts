import { SNSClient } from '@aws-sdk/client-sns';
import type { Credentials } from '../../../../functions/adapters/secrets/credentials.ts';
import type { State } from '../../../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { SweepPorts, SweepSettings } from '../../../../functions/monitor/context.ts';
import type { SweepReport } from '../../../../functions/monitor/metrics.ts';
import { sweep } from '../../../../functions/monitor/sweep.ts';
import type { ItwinSimulator } from '../../../../local/itwin-simulator/server.ts';
import { AWS_CREDENTIALS, type Engines, REGION, startEngines } from './engines.ts';
import type { RecordedCommand } from './recorded-commands.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { createTestJobs, type TestJobs } from './test-jobs.ts';
import { createPorts, type WorldPorts } from './world-ports.ts';
import { tablesInMemory, tablesOnDynamoDb } from './world-tables.ts';

/** What to make of a world. */
export interface WorldOptions {
  /** When it begins (ms since the epoch). @default 2026-02-01T00:00:00Z */
  readonly start?: number;
  /**
   * Where its tables are. In memory they are several times as quick: for many sweeps, and whatever
   * is not about DynamoDB.
   *
   * @default 'DynamoDB'
   */
  readonly tables?: 'DynamoDB' | 'memory';
  /** How long upstream may take to answer (ms of real time). @default 5000, as when deployed */
  readonly answerTime?: number;
}

/** What the topic accepted, as a machine reads it. */
export interface TestAlert {
  readonly id: string;
  readonly jobId: string;
  readonly state: State;
  readonly reason?: string;
}

/** What can be seen of a world from outside. */
interface View {
  /** Job ids of all status requests, in order. */
  asked(): string[];
  /** Whole minutes since the world began at which upstream was asked for a status or a token. */
  askedMinutes(): number[];
  /** How many requests for a token there were. */
  tokenRequests(): number;
  /** What was published, oldest first. */
  alerts(): Promise<TestAlert[]>;
}

/** All that the monitor needs, for one test: the real adapters on real engines. */
export interface World extends TestJobs, View, AsyncDisposable {
  readonly clock: TestClock;
  readonly engines: Engines;
  readonly simulator: ItwinSimulator;
  /** The credentials as they are kept: to be changed at will. */
  readonly credentials: { -readonly [K in keyof Credentials]: Credentials[K] };
  /** What a sweep works with. */
  readonly ports: WorldPorts;
  /** What sweeps asked of DynamoDB; what the test itself asks is not in it. */
  readonly commands: readonly RecordedCommand[];
  /** What sweeps wrote, by name, in order. */
  writes(): readonly string[];
  /** What sweeps logged, as text. */
  readonly logged: readonly string[];
  /** Sweeps once, with a budget of 5,000 unless told otherwise. */
  sweep(
    settings?: Partial<SweepSettings>,
    ports?: Partial<SweepPorts>,
    until?: number,
  ): Promise<SweepReport>;
  /** Sweeps now and then once a minute, or `every` so many ms, until so many ms have gone by. */
  sweepFor(
    ms: number,
    settings?: SeriesSettings,
    ports?: Partial<SweepPorts>,
  ): Promise<SweepReport[]>;
  checkpoint(): Promise<Checkpoint | undefined>;
  /** Forgets the requests, commands and log lines so far. */
  forget(): void;
  /** Begins anew as after a cold start: only what is in the tables stays. */
  restart(): void;
}

/** Settings of a series of sweeps. `every`: ms. */
type SeriesSettings = Partial<SweepSettings> & { readonly every?: number };

const SETTINGS: SweepSettings = { checksPerMinute: 5_000, concurrency: 50 };

/** Makes a world. It ends with the block in which it is declared by `await using`. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { start = Date.UTC(2026, 1, 1), answerTime = 5 * SECOND } = options;
  const clock = createTestClock(start);
  const engines = await startEngines(clock.now, options.tables);
  const { simulator } = engines;
  const topic = topicClient(engines);
  const tables =
    options.tables === 'memory' ? tablesInMemory(clock.now) : tablesOnDynamoDb(engines.dynamoDbUrl);
  const logged: string[] = [];
  const credentials = { ...clientOf(simulator), version: '1' };
  const parts = {
    engines,
    stores: tables.swept,
    topic,
    time: clock,
    answerTime,
    credentials,
    logged,
  };
  let ports = createPorts(parts);

  const world: World = {
    ...createTestJobs(tables.own.jobs, simulator, clock.now),
    ...viewOf(engines, start),
    clock,
    engines,
    simulator,
    credentials,
    get ports() {
      return ports;
    },
    get commands() {
      return tables.commands;
    },
    writes: tables.writes,
    logged,
    sweep: (settings, others, until) =>
      sweep({ ...ports, ...others }, { ...SETTINGS, ...settings }, until),
    async sweepFor(ms, { every = MINUTE, ...settings } = {}, others = {}) {
      const reports: SweepReport[] = [];
      for (const end = clock.now() + ms; clock.now() < end; clock.advance(every)) {
        reports.push(await world.sweep(settings, others));
      }
      return reports;
    },
    checkpoint: () => tables.own.checkpoints.read(),
    forget() {
      simulator.requests.clear();
      tables.forget();
      logged.length = 0;
    },
    restart() {
      ports = createPorts(parts);
    },
    async [Symbol.asyncDispose]() {
      topic.destroy();
      tables.destroy();
      await engines.close();
    },
  };
  return world;
}

function topicClient({ sns }: Engines): SNSClient {
  return new SNSClient({ region: REGION, credentials: AWS_CREDENTIALS, endpoint: sns.url });
}

function clientOf({ clientId, clientSecret }: ItwinSimulator): Omit<Credentials, 'version'> {
  return { clientId, clientSecret };
}

function viewOf({ simulator: { requests }, sns }: Engines, start: number): View {
  return {
    asked: () => requests.list('status').map(({ jobId = '' }) => jobId),
    askedMinutes() {
      const minutes = requests.list().map(({ at }) => Math.floor((at - start) / MINUTE));
      return [...new Set(minutes)];
    },
    tokenRequests: () => requests.list('token').length,
    async alerts() {
      const alerts = await sns.alerts();
      return alerts.map((alert) => JSON.parse(alert.default)).reverse();
    },
  };
}
