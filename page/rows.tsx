import type { JobSummary } from '../client/index.js';
import { hrefOf } from './address.ts';
import { JobState } from './state.tsx';
import { Ago, durationText, Elapsed, Time, useNow, usualText } from './time.tsx';

/** When a run began, or else came under watch, as far as anybody saw. */
export function beginOf({ startedAt, registeredAt }: JobSummary): string {
  return startedAt ?? registeredAt;
}

/** From when to when a run went, as far as anybody saw; ms since the epoch. */
interface Span {
  readonly from: number;
  /** When it was first seen Running; undefined when it has not been. */
  readonly running: number | undefined;
  readonly to: number;
}

function spanOf(job: JobSummary, now: number): Span {
  const { runningAt, endedAt } = job;
  const to = endedAt ? Date.parse(endedAt) : now;
  const running = runningAt ? Date.parse(runningAt) : undefined;
  const began = Date.parse(beginOf(job));
  return { from: Math.min(began, running ?? began, to), running, to };
}

/** What a reader should know of a run besides whether it is over. */
function trouble(job: JobSummary): string | undefined {
  const { missing, failedChecks, lastError, remindedAt, endedAt, unusual, usualLength } = job;
  if (missing) return `The iTwin Platform answers ${missing.status ?? '404 or 403'} for it.`;
  if (failedChecks > 1 && lastError) return `${failedChecks} checks failed. ${lastError.message}`;
  if (unusual && usualLength) {
    const how = unusual === 'Long' ? 'long' : 'soon';
    return `Unusually ${how}: usually ${usualText(usualLength)}.`;
  }
  return remindedAt ? `It ${endedAt ? 'took' : 'takes'} longer than was expected.` : undefined;
}

/** Those first that something is wrong with, then those that have taken longest. */
export function troubledFirst(jobs: readonly JobSummary[]): readonly JobSummary[] {
  const began = (job: JobSummary) => Date.parse(beginOf(job));
  const weight = (job: JobSummary) => (trouble(job) ? 0 : 1);
  return jobs.toSorted((a, b) => weight(a) - weight(b) || began(a) - began(b));
}

/** What to call a run: by its label, else its iModel, else its id. */
export function nameOf({ label, iModelName, jobId }: JobSummary): string {
  return label ?? iModelName ?? jobId;
}

/**
 * How long a run waited, or was not seen running (thin), and ran (thick), against the longest of those beside it.
 *
 * @param longest ms
 */
function Bar({ job, longest }: { readonly job: JobSummary; readonly longest: number }) {
  const { from, running, to } = spanOf(job, useNow(!job.endedAt));
  const scale = 100 / Math.max(longest, to - from, 1);
  const began = Math.min(running ?? to, to);
  const waited = (began - from) * scale;
  const ran = (to - began) * scale;
  // It may have run between two checks, or have another word for it.
  const words =
    running === undefined
      ? `${durationText(to - from)}, not seen running`
      : `Waited ${durationText(began - from)}, ran ${durationText(to - began)}`;
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      <rect class="track" y="4.5" width="100" height="1" />
      <rect class="waited" y="3.5" width={waited} height="3" />
      <rect class="ran" x={waited} width={ran} height="10" />
    </svg>
  );
}

function Row({ job, longest }: { readonly job: JobSummary; readonly longest: number }) {
  const { state, endedAt } = job;
  // What upstream gives as the reason of a success, or of a run under way, says no more than its state.
  const why = endedAt && state !== 'Succeeded' ? job.reason : trouble(job);
  return (
    <li class="row">
      <JobState job={job} />
      <span class="what">
        <a class="whole" href={hrefOf({ name: 'run', jobId: job.jobId })} data-row>
          <bdi>{nameOf(job)}</bdi>
        </a>
        {why && <bdi class="why">{why}</bdi>}
      </span>
      <span class="took">
        <Bar job={job} longest={longest} />
        <Elapsed from={beginOf(job)} to={endedAt} />
      </span>
      <span class="when">{endedAt ? <Ago at={endedAt} /> : <Time at={beginOf(job)} />}</span>
    </li>
  );
}

/** As many as are drawn without keeping a browser busy. */
const MOST = 100;

/** Runs, one below the other. */
export function Rows({ jobs, label }: { jobs: readonly JobSummary[]; label: string }) {
  const now = useNow(jobs.some(({ endedAt }) => endedAt === null));
  const lengths = jobs.map((job) => {
    const { from, to } = spanOf(job, now);
    return to - from;
  });
  const longest = Math.max(0, ...lengths);
  return (
    <ol class="rows" aria-label={label}>
      {jobs.slice(0, MOST).map((job) => (
        <Row key={job.jobId} job={job} longest={longest} />
      ))}
      {jobs.length > MOST && <li class="row muted">{jobs.length - MOST} more left out.</li>}
    </ol>
  );
}
