import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { fieldsOf, parseJson } from '../functions/core/objects.ts';
import type { Subscription } from './sns/subscription-actions.ts';
import type { CloudFormationTemplate } from './template.ts';

/** What a local run takes from the stack. */
interface Synthesis {
  readonly template: CloudFormationTemplate;
  readonly subscriptions: readonly Subscription[];
  readonly routeKeys: readonly string[];
}

const HERE = import.meta.url;

/** The project. */
const ROOT = new URL('../', HERE);

/** What a synthesis is made of. */
const SOURCES = ['{functions,lib,local}/**', 'cdk.json', 'package-lock.json'];

/**
 * What the stack has, as it was synthesized by an earlier start of the same code, or else is now: the CDK
 * takes a second.
 *
 * @param root the folder of that code, and where the synthesis is kept
 */
export async function synthesisOfStack(root = ROOT): Promise<Synthesis> {
  const folder = new URL('node_modules/.cache/', root);
  const kept = new URL('synthesis.json', folder);
  const code = codeBelow(root);
  const last = fieldsOf(parseJson(await readFile(kept, 'utf8').catch(() => '')));
  if (last.code === code) return last.synthesis as Synthesis;

  const synthesis = await synthesizeApart();
  // Of code that was changed meanwhile, nobody knows how much is in it: kept, it would pass for the old.
  if (codeBelow(root) !== code) return synthesis;
  try {
    await mkdir(folder, { recursive: true });
    const whole = new URL(`synthesis-${randomUUID()}.json`, folder);
    await writeFile(whole, JSON.stringify({ code, synthesis }));
    await rename(whole, kept);
  } catch {
    // Where nothing can be written, each start takes its second.
  }
  return synthesis;
}

/** Other code, another hash. */
function codeBelow(root: URL): string {
  const hash = createHash('sha256');
  const cwd = fileURLToPath(root);
  const files = globSync(SOURCES, { cwd, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) hash.update(relative(cwd, file)).update(readFileSync(file));
  return hash.digest('hex');
}

/** Synthesizes the stack in a thread of its own: what the CDK needs of memory, 150 MB, ends with it. */
async function synthesizeApart(): Promise<Synthesis> {
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
