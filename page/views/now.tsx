import type { JobList, JobSummary } from '../../client/index.js';
import { hrefOf } from '../address.ts';
import { type Answer, api, usePoll } from '../api.ts';
import { Rows, troubledFirst } from '../rows.tsx';
import { Mark, toneOf } from '../state.tsx';
import { now } from '../time.tsx';
import { LastDays } from './last-days.tsx';

const DAY = 24 * 60 * 60 * 1_000;

/** For how long (ms) an end is news: over a weekend. */
const NEWS = 3 * DAY;

/**
 * How long ago (ms) a run of the lists was registered at most. A watch takes 7 days, and its end is news;
 * the rest is for a monitor that stood still.
 */
const WATCHED = 14 * DAY;

/** As many runs as one request gives. */
const LIMIT = 100;

/** As many requests as are made for a list: figures of one that goes on behind them say so. */
const REQUESTS = 5;

/** A list, as far as those requests go: it goes on if its cursor is not null. */
async function listOf(stateGroup: 'pending' | 'ended'): Promise<Answer<JobList>> {
  // By the day: at an address that is another each time nothing is known, and all is sent again.
  const registeredFrom = `${new Date(now() - WATCHED).toISOString().slice(0, 10)}T00:00:00Z`;
  const jobs: JobSummary[] = [];
  const tags: unknown[] = [];
  let cursor: string | null = null;
  do {
    const query = { stateGroup, registeredFrom, limit: LIMIT, ...(cursor && { cursor }) };
    const answer: Answer<JobList> = await api.GET('/jobs', { params: { query } });
    if (!answer.data) return answer;
    jobs.push(...answer.data.jobs);
    tags.push(answer.response.headers.get('etag'));
    cursor = answer.data.cursor;
  } while (cursor && tags.length < REQUESTS);
  const response = new Response(null, { headers: { etag: tags.join() } });
  return { data: { jobs, cursor }, response, requests: tags.length };
}

/** What is going on: what needs somebody first, then what is under way; what went well is folded. */
export function Now() {
  const pending = usePoll('pending', () => listOf('pending'));
  const ended = usePoll('ended', () => listOf('ended'));
  const problem = pending.problem ?? ended.problem;
  if (problem) return <p class="empty">{problem.message}</p>;
  if (!pending.data || !ended.data) return <p class="empty late">Asking…</p>;

  const lately = ended.data.jobs
    .filter(({ endedAt }) => Date.parse(endedAt ?? '') > now() - NEWS)
    .toSorted((a, b) => String(b.endedAt).localeCompare(String(a.endedAt)));
  const { bad = [], warn = [], fine = [] } = Object.groupBy(lately, groupOf);
  const minded = [...bad, ...warn];
  const { jobs, cursor } = pending.data;
  return (
    <>
      <h1 class="sr">Now</h1>
      <Figures bad={bad} warn={warn} fine={fine} pending={pending.data} ended={ended.data} />
      {minded.length > 0 && (
        <section>
          <h2>Needs a look</h2>
          <Rows jobs={minded} label="Runs that need a look" />
        </section>
      )}
      <section>
        <h2>Under way</h2>
        {jobs.length > 0 && <Rows jobs={troubledFirst(jobs)} label="Runs under way" />}
        {cursor ? (
          <a href={hrefOf({ name: 'runs', filter: { stateGroup: 'pending' } })}>
            There may be more.
          </a>
        ) : (
          jobs.length === 0 && <p class="empty">No run is under way.</p>
        )}
      </section>
      {fine.length > 0 && (
        <details class="fold">
          <summary>
            <h2>Went well</h2> <span class="number">{fine.length}</span>
            {ended.data.cursor && ' or more'}
          </summary>
          <Rows jobs={fine} label="Runs that went well" />
        </details>
      )}
      <p class="note">
        Ends of the last three days. <a href={hrefOf({ name: 'runs', filter: {} })}>All runs</a>
      </p>
      <LastDays />
    </>
  );
}

function groupOf(job: JobSummary): 'bad' | 'warn' | 'fine' {
  const tone = toneOf(job);
  return tone === 'bad' || tone === 'warn' ? tone : 'fine';
}

/** The page at a glance. */
function Figures(counted: {
  readonly bad: readonly JobSummary[];
  readonly warn: readonly JobSummary[];
  readonly fine: readonly JobSummary[];
  readonly pending: JobList;
  readonly ended: JobList;
}) {
  const { bad, warn, fine, pending, ended } = counted;
  const running = pending.jobs.filter(({ state }) => state === 'Running').length;
  const waiting = pending.jobs.length - running;
  return (
    <ul class="figures" aria-label="At a glance">
      <Figure count={bad.length} of={ended} word="failed or lost" mark="cross" />
      <Figure count={warn.length} of={ended} word="with issues" mark="triangle" />
      <Figure count={running} of={pending} word="running" mark="turning" />
      <Figure count={waiting} of={pending} word="waiting" mark="ring" />
      <Figure count={fine.length} of={ended} word="went well" mark="check" />
    </ul>
  );
}

const TONES = {
  cross: 'bad',
  triangle: 'warn',
  turning: 'busy',
  ring: 'busy',
  check: 'good',
} as const;

function Figure(figure: {
  readonly count: number;
  /** What it is a figure of, as far as it came. */
  readonly of: JobList;
  readonly word: string;
  readonly mark: keyof typeof TONES;
}) {
  const { count, of, word, mark } = figure;
  return (
    <li class={count === 0 ? 'none' : undefined}>
      <Mark tone={count === 0 ? 'off' : TONES[mark]} shape={mark}>
        <b class="number">{count}</b>
        {of.cursor && ' or more'} {word}
      </Mark>
    </li>
  );
}
