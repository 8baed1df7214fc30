import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { startFauxqs } from 'fauxqs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InvalidSetting } from '../../../functions/adapters/lambda/environment.ts';
import { newIModel } from '../../../functions/core/imodels/imodel.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import { FAILED, RUNNING } from './support/answers.ts';
import { functionEnvironment } from './support/function-environment.ts';
import { createWorld } from './support/world.ts';

const CONTEXT = {
  awsRequestId: 'request',
  functionName: 'monitor',
  functionVersion: '$LATEST',
  memoryLimitInMB: '512',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:monitor',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

/** Two iModels. */
const one = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const two = '5e19bee0-3aea-4355-a9f0-c6df9989ee7d';

/** The monitor function after a cold start in an environment. */
async function coldStart(environment: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // By the same address it would be the one that another test has started.
  const address = `../../../functions/monitor/handler.ts?start=${randomUUID()}`;
  const { handler }: typeof import('../../../functions/monitor/handler.ts') = await import(address);
  return (event: object = {}) => handler(event, CONTEXT);
}

/** What went to a console that was spied on. */
function linesOf({ mock }: { readonly mock: { readonly calls: readonly unknown[][] } }) {
  return mock.calls.map(([line]) => JSON.parse(String(line)));
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the monitor function', () => {
  it('drives a job to a published alert, whatever the event says', async () => {
    await using world = await createWorld({ start: Date.now() });
    const info = vi.spyOn(console, 'info').mockReturnValue();
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const jobId = await world.register({ answer: RUNNING, label: 'Bridge 7' });
    const invoke = await coldStart({ ...functionEnvironment(world), STACK_NAME: 'Staging' });

    await invoke();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    world.simulator.setRun(jobId, FAILED);
    await invoke();

    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Failed' });
    await expect(world.alerts()).resolves.toMatchObject([
      { jobId, state: 'Failed', reason: 'Broken query.' },
    ]);
    expect(world.asked()).toEqual([jobId, jobId]);
    expect(world.simulator.requests.list('token')).toHaveLength(1);

    const metrics = linesOf(log);
    expect(metrics[0]._aws.CloudWatchMetrics).toMatchObject([{ Namespace: 'ExtractionMonitor' }]);
    expect(metrics).toMatchObject([
      {
        service: 'monitor',
        stack: 'Staging',
        SweepsCompleted: 1,
        Checks: 1,
        Pending: 1,
      },
      { service: 'monitor', SweepsCompleted: 1, JobsEnded: 1, AlertsPublished: 1 },
    ]);
    expect(linesOf(info)).toMatchObject([
      { message: 'A job changed its state', jobId, to: 'Running', service: 'monitor' },
      { message: 'A sweep ended', report: { outcome: 'Completed', checks: 1, errors: 0 } },
      { message: 'A job ended', jobId, to: 'Failed' },
      { message: 'A sweep ended', function_request_id: 'request' },
    ]);
  });

  it('drops a message that comes when its minute is over, and sweeps for one that does not', async () => {
    await using world = await createWorld({ start: Date.now() });
    const info = vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'log').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    const jobId = await world.register({ answer: RUNNING });
    const invoke = await coldStart(functionEnvironment(world));
    const message = (until: number) => ({
      Records: [{ eventSource: 'aws:sqs', body: JSON.stringify({ until }) }],
    });

    await invoke(message(Date.now() - MINUTE));
    expect(world.asked()).toEqual([]);
    await invoke(message(Date.now() + MINUTE / 2));
    expect(world.asked()).toEqual([jobId]);
    expect(linesOf(info).filter(({ report }) => report)).toMatchObject([
      { report: { outcome: 'TooLate' } },
      { report: { outcome: 'Completed', checks: 1 } },
    ]);
  });

  it('watches the iModels that its settings name, and leaves those that are watched as they are', async () => {
    await using world = await createWorld({ start: Date.now() });
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'log').mockReturnValue();
    const settings = { source: 'reporting', timeoutMinutes: 60, watchedBy: 'ada' } as const;
    await world.ports.iModels.add(newIModel({ iModelId: two, ...settings }, Date.now()));
    const environment = {
      ...functionEnvironment(world),
      ...{ IMODELS: `${one.toUpperCase()}, ${two}`, REMIND_AFTER_MINUTES: '120' },
    };
    const invoke = await coldStart(environment);

    await invoke();
    await invoke();
    await expect(world.ports.iModels.get(one)).resolves.toMatchObject({
      source: 'grouping-and-mapping',
      timeoutMinutes: 1_440,
      remindAfterMinutes: 120,
      watchedBy: 'the settings of the deployment',
    });
    await expect(world.ports.iModels.get(two)).resolves.toMatchObject(settings);
    expect(world.simulator.requests.list('list')).toHaveLength(4);
  });

  it('watches at the next sweep what it could not watch at this one, and asks no more after that', async () => {
    await using world = await createWorld({ start: Date.now() });
    for (const method of ['info', 'log', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockReturnValue();
    const invoke = await coldStart({ ...functionEnvironment(world), IMODELS: `${one},${two}` });
    const { send: real } = DynamoDBDocumentClient.prototype;
    let isDown = true;
    const send = vi.spyOn(DynamoDBDocumentClient.prototype, 'send');
    send.mockImplementation(function (this: DynamoDBDocumentClient, ...asked: unknown[]) {
      if (isDown && inspect(asked[0]).includes(two)) throw new Error('The table is down.');
      return real.apply(this, asked as never);
    });
    const reads = () => send.mock.calls.filter(([command]) => command instanceof GetCommand);
    const readsOf = (id: string) => reads().filter(([{ input }]) => inspect(input).includes(id));

    await invoke();
    isDown = false;
    await expect(world.ports.iModels.get(two)).resolves.toBeUndefined();
    await invoke();
    await expect(world.ports.iModels.get(one)).resolves.toMatchObject({ iModelId: one });
    await expect(world.ports.iModels.get(two)).resolves.toMatchObject({ iModelId: two });
    send.mockClear();
    await invoke();
    expect(readsOf(one), 'to read its list').toHaveLength(1);
    expect(readsOf(two), 'to read its list').toHaveLength(1);
  });

  it('tells the log of a declared iModel that it cannot watch, and sweeps', async () => {
    await using world = await createWorld({ start: Date.now() });
    const info = vi.spyOn(console, 'info').mockReturnValue();
    const error = vi.spyOn(console, 'error').mockReturnValue();
    vi.spyOn(console, 'log').mockReturnValue();
    const environment = { ...functionEnvironment(world), JOBS_TABLE: 'Gone', IMODELS: one };
    await (await coldStart(environment))();
    expect(linesOf(error)).toContainEqual(
      expect.objectContaining({
        message: 'A declared iModel could not be watched; the next sweep tries again',
        iModelId: one,
        error: expect.objectContaining({ name: 'ResourceNotFoundException' }),
      }),
    );
    expect(linesOf(info)).toMatchObject([{ report: { outcome: 'Completed' } }]);
  });

  it('asks its queue for follow-ups, and looks who listens', async () => {
    const server = await startFauxqs({ port: 0, logger: false });
    try {
      const { queueUrl } = server.createQueue('follow-ups');
      await using world = await createWorld({ start: Date.now() });
      const info = vi.spyOn(console, 'info').mockReturnValue();
      for (const method of ['log', 'warn'] as const) vi.spyOn(console, method).mockReturnValue();
      await world.register({ answer: RUNNING });
      const invoke = await coldStart({
        ...functionEnvironment(world),
        FOLLOW_UP_QUEUE_URL: new URL(new URL(queueUrl).pathname, server.address).href,
      });
      await invoke();
      expect(server.inspectQueue('follow-ups')?.messages.delayed).toHaveLength(3);
      expect(linesOf(info).at(-1)).toMatchObject({
        report: { errors: 0, listeners: { confirmed: 1, operators: 1 } },
      });
    } finally {
      await server.stop();
    }
  });

  it('words its alerts by the time zone and with the page that its settings name', async () => {
    await using world = await createWorld({ start: Date.now() });
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'log').mockReturnValue();
    await world.register({ answer: FAILED });
    const page = { TIME_ZONE: 'Asia/Tokyo', PAGE_URL: 'https://monitor.example.com/' };
    const invoke = await coldStart({ ...functionEnvironment(world), ...page });
    await invoke();
    const [alert] = await world.engines.sns.alerts();
    expect(alert?.email).toContain('GMT+9');
    expect(alert?.email).toContain('https://monitor.example.com/');
  });

  it('does not start where its settings name an iModel by what is no id', async () => {
    await using world = await createWorld();
    const starting = coldStart({ ...functionEnvironment(world), IMODELS: 'harbour' });
    await expect(starting).rejects.toThrow('IMODELS has "harbour" in it; set it to ids of iModels');
  });

  it('does not start without its settings, and says which', async () => {
    await using world = await createWorld();
    const starting = coldStart({ ...functionEnvironment(world), JOBS_TABLE: '' });
    await expect(starting).rejects.toThrow('Set JOBS_TABLE to the name of the Jobs table.');
    await expect(starting).rejects.toMatchObject({ name: InvalidSetting.name });
  });
});
