import { type Job, wasEverSeen } from '../../core/jobs/job.ts';
import { isEndedByMonitor, isTerminal } from '../../core/jobs/states.ts';
import { newJob, type Registration, reopen } from '../../core/jobs/watch.ts';
import { DEFAULT_KIND, type JobRef } from '../../core/kinds/kinds.ts';
import { omit, pick } from '../../core/objects.ts';
import type { JobStore, TimeSource } from '../../core/ports.ts';
import { MINUTE, SECOND } from '../../core/time.ts';
import { JobNotReached, JobOfOther } from './refusals.ts';
import { untilWritten } from './until-written.ts';

/** How many jobs of a batch are registered at once. */
const AT_ONCE = 20;

/** For how long (ms) jobs are begun with: what then still hangs is over before the function must end. */
const TIME_TO_BEGIN = 5 * SECOND;

/** What it takes to register jobs. */
export interface RegistrationPorts {
  readonly jobs: JobStore;
  readonly time: TimeSource;
}

/** What somebody asks for by registering a job. */
export interface RegistrationRequest extends JobRef {
  readonly label?: string | undefined;
  readonly timeoutMinutes: number;
  /** When to be reminded of a job that is still pending; one that would come too late never comes. */
  readonly remindAfterMinutes?: number | null | undefined;
  /** Whether to be told when the run becomes unusually long. @default true */
  readonly unusuallyLong?: boolean | undefined;
  /** Which of them the caller named; the others are what is usual. */
  readonly named: readonly WatchField[];
  /** Who asks. */
  readonly registeredBy: string;
}

/** What a registration may say about the watch. */
export const WATCH_FIELDS = [
  'label',
  'timeoutMinutes',
  'remindAfterMinutes',
  'unusuallyLong',
] as const;

/** One of them. */
export type WatchField = (typeof WATCH_FIELDS)[number];

/** A registered job, and what the registration made of it: nothing, when it was `Known`. */
export interface RegistrationResult {
  readonly job: Job;
  readonly outcome: 'Registered' | 'Reopened' | 'Known';
  /** What the caller named and is otherwise on record, where it stays. */
  readonly ignored: readonly WatchField[];
}

/**
 * Puts a job under watch. One that the monitor had ended itself is reopened; any other that is
 * known stays as it is, but that its end is told, and so does one that was made up to try the alerts out.
 *
 * @throws JobOfOther, and Contended when others keep changing the job
 */
export function registerJob(
  { jobs, time }: RegistrationPorts,
  request: RegistrationRequest,
): Promise<RegistrationResult> {
  return untilWritten(`job ${request.jobId}`, async (): Promise<RegistrationResult | undefined> => {
    const registration = registrationAt(time.now(), request);
    const job = newJob(registration);
    if (await jobs.add(job)) return { job, outcome: 'Registered', ignored: [] };

    const known = await jobs.get(request.jobId);
    if (known === undefined) return undefined;
    // Nothing is asked about one that was made up: registered, it would never end, nor expire.
    const isReopened = isEndedByMonitor(known.state) && !known.isTest;
    assertSame(known, request, isReopened);
    if (known.isQuietIfOver && !isTerminal(known.state)) {
      // Else who asks here would never be told of a run that was over when its iModel began to be watched.
      const heard = { ...omit(known, 'isQuietIfOver'), version: known.version + 1 };
      return (await jobs.update(known, heard)) ? knownAs(heard, request) : undefined;
    }
    if (!isReopened) return knownAs(known, request);

    const reopened = reopen(known, registration);
    return (await jobs.update(known, reopened))
      ? { job: reopened, outcome: 'Reopened', ignored: [] }
      : undefined;
  });
}

function knownAs(job: Job, request: RegistrationRequest): RegistrationResult {
  const { label, timeoutAt, remindAt = 0 } = registrationAt(job.registeredAt, request);
  // A reminder that nobody asked for is none of theirs.
  const before = job.remindCause ? 0 : (job.remindAt ?? 0);
  const wasReminded = remindAt > 0 && job.remindedAt !== undefined && remindAt <= job.remindedAt;
  // An end takes the reminder off the record: what it was before nobody knows.
  const isMoot = wasReminded || isTerminal(job.state);
  const isOtherwise: Readonly<Record<WatchField, boolean>> = {
    label: label !== job.label,
    timeoutMinutes: timeoutAt !== job.timeoutAt,
    remindAfterMinutes: remindAt !== before && !isMoot,
    unusuallyLong: (request.unusuallyLong ?? true) !== (job.unusuallyLong ?? true),
  };
  return { job, outcome: 'Known', ignored: request.named.filter((name) => isOtherwise[name]) };
}

/**
 * @param isReopened then it is watched as what is named now: the connection that was named before may have
 * been wrong, and so may the kind, if no answer ever bore it out
 */
function assertSame(known: Job, wanted: JobRef, isReopened = false): void {
  const { jobId, kind = DEFAULT_KIND, connectionId, connectionType } = known;
  const isSure = !isReopened || known.iModelId !== undefined || wasEverSeen(known);
  if (isSure && kind !== (wanted.kind ?? DEFAULT_KIND)) throw new JobOfOther(jobId, kind);
  const isElsewhere =
    connectionId !== wanted.connectionId || connectionType !== wanted.connectionType;
  if (isElsewhere && !isReopened) {
    throw new JobOfOther(jobId, `a run of ${connectionType} connection ${connectionId}`);
  }
}

function registrationAt(now: number, request: RegistrationRequest): Registration {
  const { kind = DEFAULT_KIND, jobId, label, timeoutMinutes, registeredBy } = request;
  const remindAfterMinutes = request.remindAfterMinutes ?? 0;
  const isReminded = remindAfterMinutes > 0 && remindAfterMinutes < timeoutMinutes;
  return {
    jobId,
    ...(kind !== DEFAULT_KIND && { kind }),
    ...pick(request, 'connectionId', 'connectionType'),
    ...(label !== undefined && { label }),
    registeredAt: now,
    registeredBy,
    timeoutAt: now + timeoutMinutes * MINUTE,
    ...(request.unusuallyLong === false && { unusuallyLong: false as const }),
    ...(isReminded && { remindAt: now + remindAfterMinutes * MINUTE }),
  };
}

/** A job of a batch that could not be registered, and why. */
export interface RegistrationFailure {
  readonly outcome: 'Failed';
  readonly error: unknown;
}

/**
 * Registers jobs, a few at once, each for itself: what is wrong with one is no matter to the others.
 * One that is there twice is registered once, and known the second time.
 *
 * @param read makes a request of one of them; what it throws is the failure of that one alone
 * @returns what became of each, in order
 */
export async function registerBatch<Asked>(
  ports: RegistrationPorts,
  batch: readonly Asked[],
  read: (asked: Asked, i: number) => RegistrationRequest,
): Promise<readonly (RegistrationResult | RegistrationFailure)[]> {
  const endOfTime = ports.time.now() + TIME_TO_BEGIN;
  const begun = new Map<string, Promise<RegistrationResult>>();

  const register = async (asked: Asked, i: number): Promise<RegistrationResult> => {
    const request = read(asked, i);
    const first = begun.get(request.jobId);
    // What went wrong with that is told in its place: this one may be right.
    const known = first && (await first.catch(() => undefined))?.job;
    if (known) {
      assertSame(known, request);
      return knownAs(known, request);
    }
    if (ports.time.now() >= endOfTime) throw new JobNotReached();
    const result = registerJob(ports, request);
    begun.set(request.jobId, result);
    return result;
  };
  const results: (RegistrationResult | RegistrationFailure)[] = [];
  while (results.length < batch.length) {
    const from = results.length;
    const some = batch
      .slice(from, from + AT_ONCE)
      .map((asked, i) =>
        register(asked, from + i).catch(
          (error): RegistrationFailure => ({ outcome: 'Failed', error }),
        ),
      );
    results.push(...(await Promise.all(some)));
  }
  return results;
}
