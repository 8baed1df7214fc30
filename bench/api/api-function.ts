import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { type GatewayEvent, toEvent } from '../../local/gateway/events.ts';
import { answering } from '../harness/program.ts';

/** One invocation. Times in ms. */
export interface Invocation {
  readonly whole: number;
  /** From the first request to DynamoDB until the last answer of it. */
  readonly dynamoDb: number;
}

/** To register so many jobs and look up each, one invocation after the other. */
export interface ApiQuestion {
  /** The bundle of the api function. */
  readonly entry: string;
  readonly jobs: number;
}

/** What came of it. */
export interface ApiAnswer {
  readonly register: readonly Invocation[];
  readonly get: readonly Invocation[];
}

/** When requests to DynamoDB set out and were answered in the invocation under way (ms). */
const moments: number[] = [];
for (const event of ['http.client.request.created', 'http.client.response.finish']) {
  subscribe(event, () => moments.push(performance.now()));
}

answering(async ({ entry, jobs }: ApiQuestion): Promise<ApiAnswer> => {
  const { handler } = await import(entry);
  async function invoke(event: GatewayEvent, expected: number): Promise<Invocation> {
    moments.length = 0;
    const startedAt = performance.now();
    const { statusCode } = await handler(event, {});
    const whole = performance.now() - startedAt;
    if (statusCode !== expected) throw new Error(`The api answered ${statusCode}.`);
    return { whole, dynamoDb: Math.max(...moments) - Math.min(...moments) };
  }
  const register: Invocation[] = [];
  const get: Invocation[] = [];
  for (let n = 0; n < jobs; n += 1) {
    const jobId = randomUUID();
    const body = { jobId, label: 'Tower B, nightly', timeoutMinutes: 720 };
    register.push(await invoke(eventOf('POST', '/jobs', JSON.stringify(body)), 201));
    get.push(await invoke(eventOf('GET', `/jobs/${jobId}`), 200));
  }
  return { register, get };
});

function eventOf(method: string, target: string, body = ''): GatewayEvent {
  const request = {
    method,
    target,
    headers: { host: ['api.example.com'], 'content-type': ['application/json'] },
    body: Buffer.from(body),
    sourceIp: '192.0.2.1',
    port: 443,
  };
  return toEvent(request, { requestId: 'request', time: Date.now() });
}
