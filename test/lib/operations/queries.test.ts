import { expect, it } from 'vitest';
import { requestLog } from '../../../functions/api/http/answers.ts';
import type { Log } from '../../../functions/core/ports.ts';
import { HOUR, MINUTE } from '../../../functions/core/time.ts';
import { apiEvent } from '../../functions/api/support/api-event.ts';
import { BEGIN, createMemoryWorld, jobId } from '../../functions/monitor/in-memory/memory-world.ts';
import { addOwing } from '../../functions/monitor/in-memory/owing.ts';
import { watching } from '../../functions/monitor/in-memory/watching.ts';
import { RUNBOOK } from '../support/runbook.ts';

/** A line of a log, its facts by the names that queries give them. */
type Line = Readonly<Record<string, unknown>>;

/** The lines that the query below a heading of the runbook finds. */
function found(heading: string, lines: readonly Line[], jobIdAsked = ''): readonly Line[] {
  const [, section = ''] = RUNBOOK.split(`\n### ${heading}\n`);
  const [, query = ''] = section.split('```');
  const [, filter = ''] = /filter (.+)/.exec(query) ?? [];
  const conditions = filter
    .replaceAll('40f71ed2-31a3-45d3-bce0-5c9f3f112c03', jobIdAsked)
    .split(' or ')
    .map((condition) => /^(\w+) (=|in|like) (.+)$/.exec(condition)?.slice(1) ?? []);
  return lines.filter((line) =>
    conditions.some(([field = '', operator = '', value = '']) => {
      const wanted: unknown = JSON.parse(value);
      const is = String(line[field]);
      return operator === 'like' ? is.includes(String(wanted)) : [wanted].flat().includes(is);
    }),
  );
}

it('what happened to a job, its alert that SNS does not take included, is found in the log of the monitor', async () => {
  const world = createMemoryWorld();
  addOwing(world, 1, BEGIN - HOUR);
  world.ports.topic.publish = () => Promise.reject(new Error('The topic is down.'));
  await world.sweep();
  const lines = world.logged.map(({ message, facts }) => ({ message, ...facts }));
  expect(found('What happened to a job', lines, jobId(1))).toMatchObject([
    { message: 'An alert could not be published and stays owed' },
  ]);
  expect(found('What happened to a job', lines, jobId(2))).toEqual([]);
});

it('what was asked about a job by its id is found in the log of the API', () => {
  const lines: Line[] = [];
  const note = (message: string, facts?: object) => void lines.push({ message, ...facts });
  const log: Log = { info: note, warn: note, error: note };
  const event = apiEvent('DELETE', `/jobs/${jobId(1)}`);
  void requestLog(log).after?.({ event, response: { statusCode: 200 } } as never);
  expect(found('What happened to a job', lines, jobId(1))).toEqual(lines);
  expect(lines).toHaveLength(1);
});

it('why checks fail is found of lists, and of runs that are limited alone, too', async () => {
  const world = watching([{ kind: 'Failed', error: { name: 'ServerError', message: '500.' } }]);
  await world.sweep();
  const limited = createMemoryWorld();
  for (const n of [1, 2, 3]) limited.add(jobId(n));
  limited.answers.set(jobId(1), [
    async () => ({ kind: 'RateLimited', retryAt: limited.clock.now() + 10 * MINUTE }),
  ]);
  await limited.sweep();
  limited.clock.advance(10 * MINUTE);
  await expect(limited.sweep()).resolves.toMatchObject({ failedChecks: 1 });
  const lines = [...world.logged, ...limited.logged];
  const messages = found(
    'Why do checks fail',
    lines.map(({ message, facts }) => ({ message, ...facts })),
  );
  expect(messages.map(({ message }) => message)).toEqual([
    'The runs of an iModel could not be listed',
    'Upstream limits requests for one run alone',
  ]);
});
