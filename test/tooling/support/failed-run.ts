import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'aws-lambda';

/**
 * A program: invokes the monitor function once, in the environment that it is given, and prints as JSON
 * which files of `functions` ran any code from the call of the handler to its end.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const { handler } = await import('../../../functions/monitor/handler.ts');

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
await handler({}, { functionName: 'monitor', getRemainingTimeInMillis: () => 60_000 } as Context);
const { result } = await session.post('Profiler.takePreciseCoverage');

const ran = result
  .filter(({ url }) => url.startsWith('file:'))
  .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
  .map(({ url }) => relative(root, fileURLToPath(url)))
  .filter((file) => file.startsWith('functions/'));
console.log(`\n${JSON.stringify(ran.toSorted())}`);
