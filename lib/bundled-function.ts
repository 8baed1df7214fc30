import { fileURLToPath } from 'node:url';
import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type FunctionOptions,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { Charset, LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import type { JobStore } from './job-store.ts';

/** Logs are kept for as long as a job that ended stays on record: 90 days. */
export const LOG_RETENTION = RetentionDays.THREE_MONTHS;

/** Settings of a {@link BundledFunction}. */
export interface BundledFunctionProps
  extends Pick<FunctionOptions, 'maxEventAge' | 'onFailure' | 'retryAttempts'> {
  /** Path of the file that exports `handler`, from the root of the project. */
  readonly entry: string;
  readonly description: string;
  /**
   * A program of the project that writes files beside the bundle, and the folder there that it is told.
   *
   * @default - there is the bundle alone
   */
  readonly beside?: { readonly program: string; readonly folder: string };
  /** MB. CPU comes with it: 1,769 MB are one vCPU. */
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A function of this project as it is deployed: one ES module with all its dependencies, the AWS SDK
 * included, so that what was tested is what runs. It may write its log, and nothing else until it is
 * allowed to.
 */
export class BundledFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const { entry, environment, beside, ...settings } = props;
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);

    super(scope, id, {
      ...settings,
      entry: fileInProject(entry),
      depsLockFilePath: fileInProject('package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      bundling: {
        format: OutputFormat.ESM,
        // The SDK's ES modules: smaller, and free of the `require` that an ES module does not have.
        mainFields: ['module', 'main'],
        // A file of its own, which costs a start nothing.
        loader: { '.openapi.json': 'copy' },
        bundleAwsSDK: true,
        minify: true,
        // Without it every character beyond ASCII would take six.
        charset: Charset.UTF8,
        // The notices of licences are with the packages: a bundle is given to nobody.
        esbuildArgs: { '--legal-comments': 'none' },
        sourceMap: true,
        sourcesContent: false,
        logLevel: LogLevel.WARNING,
        ...(beside && { commandHooks: besideTheBundle(beside) }),
      },
      environment: { NODE_OPTIONS: '--enable-source-maps', ...environment },
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
    });
    acceptRedundantDependency(this.node.defaultChild as CfnFunction);
  }

  /** Allows the function these actions on this resource, and nothing that they do not name. */
  allow(resourceArn: string, ...actions: string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources: [resourceArn] }));
  }
}

/** By which environment variables both functions know their stack, the tables and the topic. */
export function functionEnvironment(
  { jobs, checkpoint, subscriptions }: JobStore,
  { topic, declaredSubscriptions }: AlertTopic,
): Record<string, string> {
  return {
    STACK_NAME: Aws.STACK_NAME,
    JOBS_TABLE: jobs.tableName,
    CHECKPOINT_TABLE: checkpoint.tableName,
    SUBSCRIPTIONS_TABLE: subscriptions.tableName,
    ALERT_TOPIC_ARN: topic.topicArn,
    DECLARED_SUBSCRIPTIONS: JSON.stringify(declaredSubscriptions),
  };
}

function besideTheBundle({ program, folder }: NonNullable<BundledFunctionProps['beside']>) {
  const none = () => [];
  return {
    beforeBundling: none,
    beforeInstall: none,
    // By the Node that runs this: the one on the PATH may be too old.
    afterBundling: (_input: string, output: string) => [
      `"${process.execPath}" "${fileInProject(program)}" "${output}/${folder}"`,
    ],
  };
}

/** CDK names the role among the dependencies, though the function refers to it: cfn-lint minds. */
function acceptRedundantDependency(resource: CfnFunction): void {
  resource.addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } });
}

function fileInProject(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
