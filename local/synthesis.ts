import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Subscription } from './sns/subscription-actions.ts';
import type { CloudFormationTemplate } from './template.ts';

/** What a local run takes from the stack. */
interface Synthesis {
  readonly template: CloudFormationTemplate;
  readonly subscriptions: readonly Subscription[];
  readonly routeKeys: readonly string[];
}

const HERE = import.meta.url;

/** Synthesizes the stack in a thread of its own: what the CDK needs of memory, 150 MB, ends with it. */
export async function synthesizeApart(): Promise<Synthesis> {
  const worker = new Worker(new URL(HERE), { workerData: HERE });
  const [synthesis] = await once(worker, 'message');
  await worker.terminate();
  return synthesis;
}

if (workerData === HERE) {
  const { routeKeysOf, subscriptionsOf, synthesizeTemplate } = await import('./template.ts');
  const template = synthesizeTemplate();
  parentPort?.postMessage({
    template,
    subscriptions: subscriptionsOf(template),
    routeKeys: routeKeysOf(template),
  } satisfies Synthesis);
}
