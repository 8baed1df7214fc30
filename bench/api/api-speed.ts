import type { Finding } from '../harness/finding.ts';
import { startProgram } from '../harness/program.ts';
import { quantile } from '../harness/rounds.ts';
import { functionEnvironment } from '../services/function-environment.ts';
import { startServices } from '../services/services.ts';
import type { ApiAnswer, ApiQuestion, Invocation } from './api-function.ts';

const WARM_UP = 500;
const JOBS = 2_000;

/**
 * How long the api function takes to register and to look up a job, above the time of DynamoDB: a
 * dynalite in a process of its own.
 *
 * @param entry the bundle of the api function
 */
export async function apiSpeed(entry: string, isQuick: boolean): Promise<readonly Finding[]> {
  const services = await startServices(0);
  const api = startProgram<ApiQuestion, ApiAnswer>(new URL('./api-function.ts', import.meta.url), {
    env: functionEnvironment({ ...services, concurrency: 1 }),
  });
  if (!isQuick) await api.ask({ entry, jobs: WARM_UP });
  const { register, get } = await api.ask({ entry, jobs: isQuick ? 20 : JOBS });
  await Promise.all([api.stop(), services.stop()]);
  return [finding('POST /jobs', register), finding('GET /jobs/{jobId}', get)];
}

function finding(route: string, invocations: readonly Invocation[]): Finding {
  const own = invocations.map(({ whole, dynamoDb }) => whole - dynamoDb);
  const dynamoDb = invocations.map((invocation) => invocation.dynamoDb);
  const ms = (values: readonly number[], share: number) =>
    `${quantile(values, share).toFixed(2)} ms`;
  return {
    what: `api function, \`${route}\`, above the time of DynamoDB`,
    measured: `p50 ${ms(own, 0.5)}, p99 ${ms(own, 0.99)} (dynalite itself: p50 ${ms(dynamoDb, 0.5)})`,
  };
}
