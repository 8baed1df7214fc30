import { afterEach, describe, expect, it, vi } from 'vitest';
import { unwatchIModel, watchIModel } from '../../../functions/api/use-cases/imodels.ts';
import { JOBS_IN_AN_OUTAGE } from '../../../functions/core/sweeps/faults.ts';
import { TROUBLE_NAMES, type TroubleName } from '../../../functions/core/sweeps/troubles.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import { SUCCEEDED, status } from '../../functions/monitor/support/answers.ts';
import { createWorld, type World } from '../../functions/monitor/support/world.ts';
import { unsubscribeAll } from '../../local/sns/unsubscribe-all.ts';
import { type AlarmState, nextState } from '../support/alarm-state.ts';
import { alarmsOf, OWN_NAMESPACE, type TemplateAlarm } from '../support/alarms.ts';
import type { Datapoint } from '../support/emitted.ts';
import { type Invoke, startMonitor } from '../support/monitor-function.ts';
import { templateOf } from '../support/stack.ts';

const ownAlarms = alarmsOf(templateOf().toJSON() as CloudFormationTemplate).filter(({ metrics }) =>
  metrics.some(({ namespace }) => namespace === OWN_NAMESPACE),
);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Something that goes wrong, and what the operator is told of it. */
interface Fault {
  readonly fault: string;
  /** For how long it lasts. */
  readonly minutes: number;
  readonly notices: readonly TroubleName[];
  /** How long it takes until all is told that is over. @default 16 */
  readonly minutesAfter?: number;
  readonly alarms?: readonly string[];
  /** How many there are. @default 3 */
  readonly jobs?: number;
  /** Where the tables are. @default 'memory' */
  readonly tables?: 'DynamoDB';
  /** What is other than usual in the environment of the function meanwhile. */
  readonly environment?: Readonly<Record<string, string>>;
  begin?(world: World): void | Promise<void>;
  end?(world: World): void | Promise<void>;
  /** What happens every minute, if it is not a sweep. */
  everyMinute?(world: World, invoke: Invoke): Promise<void>;
}

/** So many failures end the asking in the middle of a sweep. */
const MORE_THAN_AN_OUTAGE_TAKES = JOBS_IN_AN_OUTAGE + 2;

const GONE_IMODEL = {
  iModelId: 'f815cf8b-9ac3-4e38-9cd1-e8a4ffb9d3f8',
  source: 'grouping-and-mapping',
  timeoutMinutes: 60,
  watchedBy: 'team',
} as const;

const FAULTS: readonly Fault[] = [
  {
    fault: 'nothing, in half an hour in which jobs end and others go on',
    minutes: 30,
    notices: [],
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, SUCCEEDED),
  },
  {
    fault: 'no sweep for 5 minutes',
    minutes: 5,
    notices: [],
    alarms: ['NoSweepCompleted'],
    async everyMinute() {},
  },
  { fault: 'no sweep for 4 minutes', minutes: 4, notices: [], async everyMinute() {} },
  {
    fault: 'what another stack in the region emits, and nothing of its own',
    minutes: 5,
    notices: [],
    alarms: ['NoSweepCompleted'],
    environment: { STACK_NAME: 'AnotherMonitor' },
  },
  {
    fault: 'a 401 that stays',
    minutes: 8,
    notices: ['CredentialsRefused'],
    jobs: MORE_THAN_AN_OUTAGE_TAKES,
    begin: (world) => answerAll(world, 401),
    end: answerWell,
  },
  {
    fault: 'a client secret that is refused',
    minutes: 8,
    notices: ['CredentialsRefused'],
    begin({ simulator }) {
      simulator.rotateSecret('another');
      simulator.revokeTokens();
    },
    end: ({ simulator, credentials }) => simulator.rotateSecret(credentials.clientSecret),
  },
  {
    fault: 'no credentials yet, and nothing pending',
    minutes: 8,
    notices: ['CredentialsRefused'],
    environment: { ITWIN_CLIENT_SECRET: 'not the secret' },
    begin: ({ simulator }) => simulator.revokeTokens(),
  },
  {
    fault: 'an outage of upstream',
    minutes: 8,
    notices: ['UpstreamDown'],
    jobs: MORE_THAN_AN_OUTAGE_TAKES,
    begin: (world) => answerAll(world, 503),
    end: answerWell,
  },
  {
    fault: 'an outage of the token endpoint',
    minutes: 8,
    notices: ['UpstreamDown'],
    begin({ simulator }) {
      simulator.overrideTokens({ kind: 'error', status: 503 });
      simulator.revokeTokens();
    },
    end: ({ simulator }) => simulator.overrideTokens(undefined),
  },
  {
    fault: 'an outage of two minutes',
    minutes: 2,
    notices: [],
    jobs: MORE_THAN_AN_OUTAGE_TAKES,
    begin: (world) => answerAll(world, 503),
    end: answerWell,
  },
  {
    fault: 'all runs missing at once',
    minutes: 20,
    notices: ['UpstreamFault'],
    jobs: MORE_THAN_AN_OUTAGE_TAKES,
    begin: (world) => answerAll(world, 404),
    end: answerWell,
  },
  {
    fault: 'a 429 storm',
    minutes: 35,
    notices: ['RateLimited'],
    jobs: MORE_THAN_AN_OUTAGE_TAKES,
    begin: (world) => answerAll(world, 429),
    end: answerWell,
  },
  {
    fault: 'a topic that is gone, for a few minutes',
    minutes: 8,
    notices: [],
    environment: { ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Gone' },
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, SUCCEEDED),
  },
  {
    fault: 'a topic that is gone, for longer',
    minutes: 15,
    notices: ['AlertsFailing'],
    environment: { ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Gone' },
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, SUCCEEDED),
  },
  {
    fault: 'a topic without subscriptions',
    minutes: 35,
    notices: ['NobodyListening'],
    begin: ({ engines }) => unsubscribeAll(engines.sns),
    end: async ({ ports }) => {
      await ports.subscribers.subscribe({ protocol: 'sms', endpoint: '+37060000000' }, {});
    },
  },
  {
    fault: 'a subscription that vanishes',
    minutes: 10,
    notices: ['ListenersLost'],
    environment: { DECLARED_SUBSCRIPTIONS: '["email:gone@example.com"]' },
  },
  {
    fault: 'a table of subscriptions that does not answer',
    minutes: 20,
    notices: ['SweepErrors'],
    tables: 'DynamoDB',
    environment: { SUBSCRIPTIONS_TABLE: 'Gone' },
  },
  {
    fault: 'a watched iModel that is gone',
    minutes: 20,
    notices: ['IModelsUnread'],
    begin: ({ ports, clock }) =>
      watchIModel({ iModels: ports.iModels, time: clock }, GONE_IMODEL).then(() => undefined),
    minutesAfter: 130,
    end: async ({ ports, clock }) => {
      await unwatchIModel({ iModels: ports.iModels, time: clock }, GONE_IMODEL.iModelId, []);
    },
  },
  {
    fault: 'a Jobs table that does not answer',
    minutes: 25,
    notices: ['ChecksLate', 'SweepErrors'],
    tables: 'DynamoDB',
    environment: { JOBS_TABLE: 'Gone' },
  },
];

describe('the operator is told, and told when it is over, of', () => {
  it.each(FAULTS)('$fault: $notices $alarms', async (fault) => {
    const { alarms = [], notices } = fault;
    await expect(toldOf(fault)).resolves.toEqual({
      alarms,
      notices: notices.flatMap((name) => [`${name} Began`, `${name} Over`]).sort(),
    });
  });

  it('all there is to tell', () => {
    const told = new Set<string>(FAULTS.flatMap(({ notices }) => notices));
    expect([...told].sort()).toEqual([...TROUBLE_NAMES].sort());
    const gone = new Set(FAULTS.flatMap(({ alarms = [] }) => alarms));
    expect([...gone].sort()).toEqual(ownAlarms.map(({ name }) => name).sort());
  });
});

/**
 * Goes through ten good minutes, the fault, and what comes after it.
 *
 * @returns the alarms that are on at the end of the fault, and the notices in all
 */
async function toldOf(fault: Fault): Promise<object> {
  const { jobs = 3, tables = 'memory' } = fault;
  await using world = await createWorld({ tables });
  await world.registerMany(jobs, { state: 'Running' });
  const states = new Map<TemplateAlarm, AlarmState>(ownAlarms.map((alarm) => [alarm, 'OK']));
  const emitted: Datapoint[] = [];

  async function live(minutes: number, everyMinute: () => Promise<void>): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      const next = world.clock.now() + MINUTE;
      await everyMinute();
      world.clock.advance(next - world.clock.now());
      for (const [alarm, state] of states) {
        states.set(alarm, nextState(alarm, state, emitted, next));
      }
    }
  }

  const usual = { LOOK_EVERY_SECONDS: '60' };
  await live(10, await startMonitor(world, tables, emitted, usual));
  await fault.begin?.(world);
  const invoke = await startMonitor(world, tables, emitted, { ...usual, ...fault.environment });
  await live(fault.minutes, () => fault.everyMinute?.(world, invoke) ?? invoke());
  const alarms = [...states].flatMap(([{ name }, state]) => (state === 'ALARM' ? [name] : []));
  await fault.end?.(world);
  vi.unstubAllEnvs();
  await live(fault.minutesAfter ?? 16, await startMonitor(world, tables, emitted, usual));
  const notices = await world.engines.sns.notices();
  const told = notices.map(({ attributes: { trouble, phase } }) => `${trouble} ${phase}`);
  return { alarms, notices: told.sort() };
}

function answerAll({ simulator, jobIds }: World, code: number): void {
  for (const jobId of jobIds) simulator.setRun(jobId, status(code));
}

function answerWell({ simulator, jobIds }: World): void {
  for (const jobId of jobIds) simulator.setRun(jobId, { state: 'Running' });
}
