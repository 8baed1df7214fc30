import {
  DEFAULT_KIND,
  KIND_NAMES,
  type KindName,
  kindOf,
} from '../../../functions/core/kinds/kinds.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Random } from '../random.ts';
import { type Comeback, laterStill } from './comeback.ts';
import type { JobPlan, Request, Script } from './job-plan.ts';
import type { Shape } from './shape.ts';
import type { Troubled } from './windows.ts';

/** All kinds but the one that most jobs are of. */
const OTHER_KINDS = KIND_NAMES.filter((kind) => kind !== DEFAULT_KIND);

/** The jobs of a run of the simulation. */
export function jobsOf(
  random: Random,
  shape: Shape,
  troubled: Troubled,
  comeback: Comeback | undefined,
): JobPlan[] {
  const [least, most] = random.pick(shape.jobs);
  const count = random.integer(least, most);
  const vanishing = random.chance(shape.withVanishing) ? 0.06 : 0;
  return Array.from({ length: count }, (_, i) => {
    const jobId = idOf(random, i + 1);
    const { script, requests } = lifeOf(random, shape, troubled, random.chance(vanishing));
    const kind = random.chance(0.25) ? otherKind(jobId) : DEFAULT_KIND;
    return {
      jobId,
      ...(kind !== DEFAULT_KIND && { kind }),
      ...(random.chance(0.3) && { label: random.chance(0.2) ? 'poison' : `run ${i + 1}` }),
      script: { ...script, ...endOf(kind, script, i) },
      requests: comeback ? [...requests, ...laterStill(random, comeback)] : requests,
    };
  });
}

/** A kind as random as the id. */
function otherKind(jobId: string): KindName {
  const number = Number.parseInt(jobId.slice(0, 8), 16);
  return OTHER_KINDS[number % OTHER_KINDS.length] ?? DEFAULT_KIND;
}

/** How a run ends: as its kind can, and broken off now and then. */
function endOf(kind: KindName, { end }: Script, i: number): Pick<Script, 'end'> {
  if (end === undefined) return {};
  const ends: readonly string[] = Object.values(kindOf({ kind }).states.ends);
  const word = i % 3 === 0 && ends.includes('Aborted') ? 'Aborted' : end.word;
  return { end: { ...end, word: ends.includes(word) ? word : 'Failed' } };
}

/** An id that sorts anywhere and tells its number. */
export function idOf(random: Random, number: number): string {
  const digits = Math.floor(random.next() * 2 ** 40)
    .toString(16)
    .padStart(10, '0');
  return `${digits.slice(0, 8)}-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function lifeOf(random: Random, shape: Shape, { start, calmFrom }: Troubled, isGone: boolean) {
  const registerAt = random.chance(0.5)
    ? start + random.integer(0, 5 * SECOND)
    : random.integer(start, calmFrom - 5 * MINUTE);
  const createdAt = registerAt - random.integer(-2, 10) * MINUTE;
  const [least, most] = random.chance(0.15) ? shape.shortTimeout : shape.timeout;
  const timeoutMinutes = random.integer(least, most);
  const script = scriptOf(random, shape, createdAt);
  const goneAt = random.integer(registerAt - 5 * MINUTE, registerAt + 60 * MINUTE);
  const first: Request = { at: registerAt, kind: 'register', timeoutMinutes };
  const later = laterRequests(random, script, registerAt, calmFrom);
  return {
    script: {
      ...script,
      ...(isGone && { gone: { at: goneAt, status: random.pick([403, 404] as const) } }),
    },
    requests: [first, ...(random.chance(0.05) ? [first] : []), ...later],
  };
}

function laterRequests(random: Random, script: Script, from: number, calmFrom: number): Request[] {
  const news = [...script.states, ...(script.end ? [script.end] : [])].map(({ at }) => at);
  const count = random.chance(0.3) ? random.integer(1, 4) : 0;
  return Array.from({ length: count }, (): Request => {
    // Just when a sweep comes with news is when a request can do harm.
    const tick = Math.ceil(random.pick(news) / MINUTE) * MINUTE + random.integer(0, 1_500);
    const at = random.chance(0.7) ? tick : random.integer(from, calmFrom);
    return {
      at: Math.min(calmFrom, Math.max(from, at)),
      kind: random.chance(0.5) ? 'register' : 'cancel',
      timeoutMinutes: random.integer(20, 120),
    };
  }).sort((a, b) => a.at - b.at);
}

/**
 * In some runs of the simulation callers change how jobs are watched. By randomness of its own, so that
 * the other runs stay what they were.
 *
 * @param calmFrom ms since the epoch: no request comes later
 */
export function withChanges(
  random: Random,
  jobs: readonly JobPlan[],
  calmFrom: number,
): readonly JobPlan[] {
  if (!random.chance(0.1)) return jobs;
  return jobs.map((job) => {
    const [first] = job.requests;
    if (first === undefined || !random.chance(0.3)) return job;
    // Just when a sweep comes with news is when a request can do harm.
    const news = [...job.script.states, ...(job.script.end ? [job.script.end] : [])];
    const tick = Math.ceil(random.pick(news).at / MINUTE) * MINUTE + random.integer(0, 1_500);
    const at = Math.min(calmFrom, Math.max(first.at, tick));
    const change = { at, kind: 'change', timeoutMinutes: random.integer(20, 120) } as const;
    return { ...job, requests: [...job.requests, change] };
  });
}

/**
 * Where something is known of runs, some jobs are of one group, and some callers say of which they want
 * to be reminded when.
 */
export function withReminders(random: Random, jobs: readonly JobPlan[]): readonly JobPlan[] {
  return jobs.map((job) => {
    const label = job.label ?? (random.chance(0.6) ? 'nightly' : undefined);
    const wish = {
      ...(random.chance(0.15) && { remindAfterMinutes: random.integer(1, 20) }),
      ...(random.chance(0.1) && { unusuallyLong: false as const }),
    };
    const requests = job.requests.map((request) =>
      request.kind === 'register' ? { ...request, ...wish } : request,
    );
    return { ...job, ...(label !== undefined && { label }), requests };
  });
}

/** What becomes of a run that is created at a time (ms since the epoch). */
export function scriptOf(
  random: Random,
  { step, lastStep }: Pick<Shape, 'step' | 'lastStep'>,
  createdAt: number,
): Script {
  const states = [{ at: createdAt, word: 'Queued' }];
  let at = createdAt;
  for (const word of random.pick(PATHS)) {
    at += random.integer(5 * SECOND, step * MINUTE);
    states.push({ at, word });
  }
  const endAt = at + random.integer(5 * SECOND, lastStep * MINUTE);
  return {
    states,
    ...(!random.chance(0.04) && { end: { at: endAt, word: random.pick(ENDS) } }),
  };
}

const PATHS = [
  ['Running'],
  ['Running'],
  ['Running', 'Archiving'],
  ['Running', 'Cancelled'],
  [],
  ['Running', 'Queued', 'Running'],
];
const ENDS = ['Succeeded', 'Succeeded', 'Failed', 'PartiallySucceeded'];
