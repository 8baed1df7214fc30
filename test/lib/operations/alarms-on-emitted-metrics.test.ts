import { afterEach, describe, expect, it, vi } from 'vitest';
import { takeLease } from '../../../functions/core/sweeps/checkpoint.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
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

/** Something that goes wrong, and the alarms that go off over it. */
interface Fault {
  readonly fault: string;
  /** For how long it lasts. */
  readonly minutes: number;
  readonly alarms: readonly string[];
  /** What is other than usual in the environment of the function from then on. */
  readonly environment?: Readonly<Record<string, string>>;
  begin?(world: World): void | Promise<void>;
  /** What happens every minute, if it is not a sweep. */
  everyMinute?(world: World, invoke: Invoke): Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    fault: 'nothing, in half an hour in which jobs end and others go on',
    minutes: 30,
    alarms: [],
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, SUCCEEDED),
  },
  {
    fault: 'no sweep for 5 minutes',
    minutes: 5,
    alarms: ['NoSweepCompleted'],
    async everyMinute() {},
  },
  {
    fault: 'no sweep for 4 minutes',
    minutes: 4,
    alarms: [],
    async everyMinute() {},
  },
  {
    fault: 'what another stack in the region emits, and nothing of its own',
    minutes: 5,
    alarms: ['NoSweepCompleted'],
    environment: { STACK_NAME: 'AnotherMonitor' },
    begin: (world) => answerAll(world, 401),
  },
  {
    fault: 'a 401 that stays',
    minutes: 5,
    alarms: ['CredentialsRefused'],
    begin: (world) => answerAll(world, 401),
  },
  {
    fault: 'a client secret that is refused',
    minutes: 5,
    alarms: ['CredentialsRefused'],
    begin({ simulator }) {
      simulator.rotateSecret('another');
      simulator.revokeTokens();
    },
  },
  {
    fault: 'an outage of upstream',
    minutes: 15,
    alarms: ['UpstreamDown'],
    begin: (world) => answerAll(world, 503),
  },
  {
    fault: 'an outage of the token endpoint',
    minutes: 15,
    alarms: ['UpstreamDown'],
    begin({ simulator }) {
      simulator.overrideTokens({ kind: 'error', status: 503 });
      simulator.revokeTokens();
    },
  },
  {
    fault: 'all runs missing at once',
    minutes: 15,
    alarms: ['UpstreamFault'],
    begin: (world) => answerAll(world, 404),
  },
  {
    fault: 'a 429 storm',
    minutes: 30,
    alarms: ['RateLimited'],
    begin: (world) => answerAll(world, 429),
  },
  {
    fault: 'an outage of ten minutes',
    minutes: 10,
    alarms: [],
    begin: (world) => answerAll(world, 503),
  },
  {
    fault: 'a topic that is gone, for a few minutes',
    minutes: 5,
    alarms: ['AlertsFailed'],
    environment: { ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Gone' },
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, SUCCEEDED),
  },
  {
    fault: 'a topic that is gone, for longer',
    minutes: 15,
    alarms: ['AlertsFailed', 'AlertsOverdue'],
    environment: { ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Gone' },
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, SUCCEEDED),
  },
  {
    fault: 'a topic without subscriptions',
    minutes: 15,
    alarms: ['NobodyListening'],
    begin: ({ engines }) => unsubscribeAll(engines.sns),
  },
  {
    fault: 'a subscription that vanishes',
    minutes: 15,
    alarms: ['ListenersLost'],
    environment: { DECLARED_SUBSCRIPTIONS: '["email:gone@example.com"]' },
  },
  {
    fault: 'a table of subscriptions that does not answer',
    minutes: 30,
    alarms: ['SweepErrors'],
    environment: { SUBSCRIPTIONS_TABLE: 'Gone' },
  },
  {
    fault: 'a Jobs table that does not answer',
    minutes: 20,
    alarms: ['ChecksLate', 'SweepErrors'],
    environment: { JOBS_TABLE: 'Gone' },
  },
  {
    fault: 'a lease that others hold again and again',
    minutes: 3,
    alarms: ['LeasesHeld'],
    async everyMinute(world, invoke) {
      await takeLeaseElsewhere(world);
      await invoke();
    },
  },
  {
    fault: 'a sweep that outstays its lease',
    minutes: 1,
    alarms: ['SweepsOverstayed'],
    begin: ({ simulator, jobIds: [jobId = ''] }) => simulator.setRun(jobId, { kind: 'hang' }),
    async everyMinute(world, invoke) {
      world.forget();
      const sweeping = invoke();
      await vi.waitFor(() => expect(world.asked()).toContain(world.jobIds[0]), { interval: 5 });
      await takeLeaseElsewhere(world);
      world.clock.advance(55 * SECOND);
      await sweeping;
    },
  },
];

describe('the alarms that go off', () => {
  it.each(FAULTS)('over $fault: $alarms', async (fault) => {
    await expect(alarmsOver(fault)).resolves.toEqual(fault.alarms);
  });

  it('are all there are, on what the monitor emits', () => {
    const gone = new Set(FAULTS.flatMap((fault) => fault.alarms));
    expect([...gone].sort()).toEqual(ownAlarms.map(({ name }) => name).sort());
  });
});

/** Goes through ten good minutes, then the fault. @returns the names of the alarms that are on */
async function alarmsOver(fault: Fault): Promise<readonly string[]> {
  await using world = await createWorld();
  await world.registerMany(12, { state: 'Running' });
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

  await live(10, await startMonitor(world, emitted));
  await fault.begin?.(world);
  const invoke = await startMonitor(world, emitted, fault.environment);
  await live(fault.minutes, () => fault.everyMinute?.(world, invoke) ?? invoke());
  return [...states].flatMap(([{ name }, state]) => (state === 'ALARM' ? [name] : [])).sort();
}

function answerAll({ simulator, jobIds }: World, code: number): void {
  for (const jobId of jobIds) simulator.setRun(jobId, status(code));
}

/** Another sweep begins, and does not end. */
async function takeLeaseElsewhere(world: World): Promise<void> {
  const checkpoint = await world.checkpoint();
  if (!checkpoint) throw new Error('There has been no sweep yet.');
  await world.ports.checkpoints.write(takeLease(checkpoint, world.clock.now()));
}
