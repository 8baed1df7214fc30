import { startGateway } from '../local/gateway/server.ts';
import { startFunction } from '../local/lambda/function.ts';
import type { Assembly } from './assembly.ts';
import type { Aws, Json } from './aws.ts';
import { type Deployment, deploy, NotRehearsed } from './deployment.ts';
import { subscribeQueue } from './queue-subscriber.ts';

/** A stack in the emulator whose functions run here. */
export interface RunningStack {
  /** Where its API answers. */
  readonly url: string;
  /** The lines that its functions have written. */
  readonly log: readonly string[];
  /** How many resources it has. */
  readonly size: number;
  readonly alertTopicArn: string;
  /** Invokes the monitor, as the schedule does every minute. */
  sweep(): Promise<void>;
  /** What the topic has sent to a queue that asks for every alert, oldest first; each is given once. */
  alerts(): Promise<readonly Json[]>;
  /** Deploys another template of the stack, which starts the functions anew, as Lambda does. */
  update(assembly: Assembly): Promise<void>;
  stop(): Promise<void>;
}

/** Where {@link startStack} finds what it runs. */
export interface StartOptions {
  readonly aws: Aws;
  readonly endpoint: string;
  readonly stackName: string;
  readonly assembly: Assembly;
}

/** Deploys a stack, fills in the credentials, subscribes a queue, and starts the two functions. */
export async function startStack(
  options: StartOptions,
  credentials: Readonly<Record<'clientId' | 'clientSecret', string>>,
): Promise<RunningStack> {
  const { aws, stackName, assembly } = options;
  let deployment = await deploy({ aws, stackName, template: assembly.template(stackName) });
  const { clientId, clientSecret } = credentials;
  await aws.json('secretsmanager', 'PutSecretValue', {
    SecretId: refOf(deployment, 'AWS::SecretsManager::Secret'),
    SecretString: JSON.stringify({ clientId, clientSecret }),
  });
  const alertTopicArn = refOf(deployment, 'AWS::SNS::Topic', /^AlertTopic/);
  const queue = await subscribeQueue(aws, alertTopicArn, `${stackName}-rehearsal`);

  const log: string[] = [];
  let functions = await startFunctions(options, deployment, log);
  const gateway = await startGateway({ invoke: (event) => functions.api.invoke(event), port: 0 });
  return {
    url: gateway.url,
    log,
    size: deployment.size,
    alertTopicArn,
    async sweep() {
      await functions.monitor.invoke({ source: 'aws.scheduler' });
    },
    alerts: () => queue.receive(),
    async update(later) {
      const template = later.template(stackName);
      deployment = await deploy({ aws, stackName, template, before: deployment });
      await functions.stop();
      functions = await startFunctions({ ...options, assembly: later }, deployment, log);
    },
    async stop() {
      await gateway.close();
      await functions.stop();
    },
  };
}

async function startFunctions(options: StartOptions, deployment: Deployment, log: string[]) {
  const start = (id: RegExp) =>
    startDeployedFunction(options, deployment, id, (line) => log.push(line));
  const [api, monitor] = await Promise.all([start(/^RegistrationApi/), start(/^StatusMonitor/)]);
  return {
    api,
    monitor,
    async stop() {
      await Promise.all([api.stop(), monitor.stop()]);
    },
  };
}

/** The function as it is deployed: its bundle, with the environment and the time of its template. */
async function startDeployedFunction(
  { aws, endpoint, stackName, assembly }: StartOptions,
  deployment: Deployment,
  id: RegExp,
  onLine: (line: string) => void,
) {
  const [logicalId, { properties }] = find(deployment, 'AWS::Lambda::Function', id);
  const { Environment, Timeout } = properties as unknown as Configuration;
  return startFunction({
    functionName: refOf(deployment, 'AWS::Lambda::Function', id),
    entry: assembly.entry(assembly.template(stackName), logicalId),
    environment: {
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: 'rehearsal',
      AWS_SECRET_ACCESS_KEY: 'rehearsal',
      AWS_ENDPOINT_URL: endpoint,
      ...Environment.Variables,
    },
    timeout: Timeout * 1_000,
    onLine,
  });
}

function find(deployment: Deployment, type: string, id = /^/) {
  const found = [...deployment].find(([each, resource]) => resource.type === type && id.test(each));
  if (found) return found;
  throw new NotRehearsed(`The template has no ${type} whose logical id begins with ${id.source}.`);
}

/** What `Ref` of the resource of this type stands for, whose logical id is like this. */
function refOf(deployment: Deployment, type: string, id?: RegExp): string {
  return find(deployment, type, id)[1].ref;
}

interface Configuration {
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  readonly Timeout: number;
}
