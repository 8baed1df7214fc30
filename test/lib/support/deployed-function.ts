import { type LocalFunction, startFunction } from '../../../local/lambda/function.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import type { NameOf } from '../../../rehearsal/template.ts';
import { type AwsEndpoint, type AwsServices, startAwsEndpoint } from './aws-endpoint.ts';
import { idOf, propertiesOf, resolve } from './template-resources.ts';

/** Where a function comes from and what is around it. */
export interface Deployment {
  readonly template: CloudFormationTemplate;
  /** Where in the stack the function's construct is. */
  readonly path: string;
  readonly entry: URL;
  readonly nameOf: NameOf;
  readonly services: AwsServices;
}

/** A function that runs with the environment and the time that its template gives it. */
export interface DeployedFunction extends LocalFunction, Pick<AwsEndpoint, 'calls'> {
  /** The lines that it has written. */
  readonly log: readonly string[];
}

/** What Lambda adds to the environment of a function. */
const FROM_LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/**
 * Starts a function of a template.
 *
 * @param overrides variables of the environment that are other than in the template
 */
export async function deploy(
  { template, path, entry, nameOf, services }: Deployment,
  overrides: Readonly<Record<string, string>> = {},
): Promise<DeployedFunction> {
  const { Environment, Timeout } = propertiesOf<Properties>(template, idOf(template, path));
  const variables = Object.entries(Environment.Variables).map(([name, value]) => [
    name,
    resolve(value, nameOf),
  ]);
  const aws = await startAwsEndpoint(services);
  const log: string[] = [];
  const started = await startFunction({
    functionName: path,
    entry,
    environment: {
      ...FROM_LAMBDA,
      AWS_ENDPOINT_URL: aws.url,
      ...Object.fromEntries(variables),
      ...overrides,
    },
    timeout: Timeout * 1_000,
    onLine: (line) => log.push(line),
  });
  return {
    invoke: started.invoke,
    calls: aws.calls,
    log,
    async stop() {
      await started.stop();
      aws.close();
    },
  };
}

interface Properties {
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly Timeout: number;
}
