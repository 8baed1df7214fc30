import { onTestFinished } from 'vitest';
import { type ItwinSimulator, startItwinSimulator } from '../../../local/itwin-simulator/server.ts';

/** The job id of Bentley's own examples. */
export const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

/** A token that every simulator of these tests accepts. */
export const ACCESS_TOKEN = 'a-fixed-token';

/** Starts a simulator that ends with the test. */
export async function simulate(
  options: Parameters<typeof startItwinSimulator>[0] = {},
): Promise<ItwinSimulator> {
  const simulator = await startItwinSimulator({ accessToken: ACCESS_TOKEN, ...options });
  onTestFinished(simulator.close);
  return simulator;
}

/** Where the simulator tells a run's status. */
export function statusUrl({ url }: Pick<ItwinSimulator, 'url'>, jobId = JOB_ID): string {
  return `${url}/insights/reporting/datasources/extraction/status/${jobId}`;
}

/** Asks, with a good token unless told otherwise, and does not follow redirects. */
export function ask(url: string, accessToken = ACCESS_TOKEN): Promise<Response> {
  return fetch(url, {
    headers: { authorization: `Bearer ${accessToken}` },
    redirect: 'manual',
  });
}

/** The state a run is in, as its status says. */
export async function stateOf(simulator: ItwinSimulator, jobId = JOB_ID): Promise<unknown> {
  const response = await ask(statusUrl(simulator, jobId));
  const body = (await response.json()) as { status: { state: unknown } };
  return body.status.state;
}
