import type { LogDigest } from '../../../../../../functions/core/alerts/log-digest.ts';
import type {
  MissingObservation,
  Observation,
} from '../../../../../../functions/core/jobs/observation.ts';
import { type KindName, kindOf, statusUrl } from '../../../../../../functions/core/kinds/kinds.ts';
import { parseStatus } from '../../../../../../functions/core/kinds/run-body.ts';
import { MINUTE, SECOND } from '../../../../../../functions/core/time.ts';
import { statusReply } from '../../../../../../local/itwin-simulator/kinds.ts';
import { type ScenarioName, scenario } from '../../../../../../local/itwin-simulator/scenarios.ts';
import type { StatusAnswer } from '../../../../../../local/itwin-simulator/script.ts';
import { JOB_ID, type Sighting } from './watch.ts';

const API = new URL('https://api.bentley.com');

export const QUEUED: StatusAnswer = { state: 'Queued', reason: 'Waiting for a free worker.' };
export const RUNNING: StatusAnswer = { state: 'Running', reason: 'Not completed yet.' };

/** What a check sees when upstream answers so. */
export function seen(answer: StatusAnswer): Observation {
  const run = { jobId: JOB_ID, startedAt: 0 };
  const reply = statusReply('reporting-extraction', run, answer, API.origin);
  return parseStatus(kindOf({}), reply.body, API);
}

/** What a check sees of a Grouping and Mapping run, which began at that time (ms since the epoch). */
export function seenMapping(state: string, startedAt: number): Observation {
  const kind = kindOf({ kind: 'grouping-and-mapping-extraction' });
  const logs = {
    href: `${statusUrl({ kind: 'grouping-and-mapping-extraction', jobId: JOB_ID }, API)}/logs`,
  };
  const startedOn = new Date(startedAt).toISOString();
  const extraction = { id: JOB_ID, state, startedOn, _links: { logs } };
  return parseStatus(kind, JSON.stringify({ extraction }), API);
}

/** What a check sees of a job of any kind whose body is this. */
export function seenOf(kind: KindName, body: object): Observation {
  const { wrapper } = kindOf({ kind });
  return parseStatus(kindOf({ kind }), JSON.stringify({ [wrapper]: body }), API);
}

/** A run that was queued and then ran, before it answers something else. */
export const BEGINNING: readonly Sighting[] = [
  [51 * SECOND, seen(QUEUED)],
  [3 * MINUTE + 51 * SECOND, seen(RUNNING)],
];

/** A run that begins so and after a quarter of an hour answers this. */
export function endingWith(answer: StatusAnswer): Sighting[] {
  return [...BEGINNING, [15 * MINUTE + 51 * SECOND, seen(answer)]];
}

/** The same answer at each of these times (ms after the registration). */
export function each(times: readonly number[], observation: Observation): Sighting[] {
  return times.map((after) => [after, observation]);
}

/** Upstream does not know the run, or does not show it. */
export function missing(status: MissingObservation['status']): Observation {
  return { kind: 'Missing', status };
}

/** How a scenario of the simulator ends. */
export function endOf(name: ScenarioName): StatusAnswer {
  const answer = scenario(name).at(-1)?.answer;
  if (answer === undefined || !('state' in answer)) throw new Error(`${name} has no end.`);
  return answer;
}

/** What a digest says of these entries, as they are: not even cleaned. */
export function digestOf(entries: StatusAnswer['logs'] = []): LogDigest {
  if ('kind' in entries) throw new Error('Nobody can read these logs.');
  const complete = entries.map(({ level = 'Information', category = 'Unknown', message }) => ({
    level,
    category,
    message: message ?? '',
  }));
  const counts = new Map<string, LogDigest['counts'][number]>();
  for (const { level, category } of complete) {
    const count = (counts.get(level + category)?.count ?? 0) + 1;
    counts.set(level + category, { level, category, count });
  }
  return {
    kind: 'Digest',
    entries: entries.length,
    isPartial: false,
    counts: [...counts.values()],
    messages: complete,
  };
}
