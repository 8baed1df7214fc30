import type { JobSummary } from '../../client/index.js';
import { hrefOf } from '../address.ts';
import { api, usePoll } from '../api.ts';
import { latestFirst, Rows } from '../rows.tsx';
import { Mark, toneOf } from '../state.tsx';
import { now } from '../time.tsx';
import { LastDays } from './last-days.tsx';

/** For how long (ms) an end is news: over a weekend. */
const NEWS = 3 * 24 * 60 * 60 * 1_000;

/** As many as one request gives. */
const LIMIT = 100;

/** What is going on: what needs somebody first, then what is under way; what went well is folded. */
export function Now() {
  const pending = usePoll('pending', () =>
    api.GET('/jobs', { params: { query: { stateGroup: 'pending', limit: LIMIT } } }),
  );
  const ended = usePoll('ended', () =>
    api.GET('/jobs', { params: { query: { stateGroup: 'ended', limit: LIMIT } } }),
  );
  const problem = pending.problem ?? ended.problem;
  if (problem) return <p class="empty">{problem.message}</p>;
  if (!pending.data || !ended.data) return <p class="empty late">Asking…</p>;

  const lately = ended.data.jobs
    .filter(({ endedAt }) => endedAt !== null && Date.parse(endedAt) > now() - NEWS)
    .toSorted((a, b) => String(b.endedAt).localeCompare(String(a.endedAt)));
  const groups = Object.groupBy(lately, groupOf);
  const { bad = [], warn = [], fine = [] } = groups;
  const minded = [...bad, ...warn];
  const isAll = ended.data.cursor === null;
  return (
    <>
      <h1 class="sr">Now</h1>
      <Figures bad={bad} warn={warn} pending={pending.data.jobs} fine={fine} />
      {minded.length > 0 && (
        <section>
          <h2>Needs a look</h2>
          <Rows jobs={minded} label="Runs that need a look" />
        </section>
      )}
      <section>
        <h2>Under way</h2>
        {pending.data.jobs.length > 0 ? (
          <Rows jobs={latestFirst(pending.data.jobs)} label="Runs under way" />
        ) : (
          <p class="empty">No run is under way.</p>
        )}
        {pending.data.cursor !== null && <More stateGroup="pending" />}
      </section>
      {fine.length > 0 && (
        <details class="fold">
          <summary>
            <h2>Went well</h2> <span class="number">{fine.length}</span>
          </summary>
          <Rows jobs={fine} label="Runs that went well" />
        </details>
      )}
      <LastDays />
      <p class="note">
        Ends of the last three days.{' '}
        {isAll ? <a href={hrefOf({ name: 'runs', filter: {} })}>All runs</a> : <More />}
      </p>
    </>
  );
}

function More({ stateGroup = 'ended' }: { readonly stateGroup?: string }) {
  return <a href={hrefOf({ name: 'runs', filter: { stateGroup } })}>There may be older ones.</a>;
}

function groupOf(job: JobSummary): 'bad' | 'warn' | 'fine' {
  const tone = toneOf(job);
  return tone === 'bad' || tone === 'warn' ? tone : 'fine';
}

/** The page at a glance. */
function Figures(counted: {
  readonly bad: readonly JobSummary[];
  readonly warn: readonly JobSummary[];
  readonly pending: readonly JobSummary[];
  readonly fine: readonly JobSummary[];
}) {
  const { bad, warn, pending, fine } = counted;
  const running = pending.filter(({ state }) => state === 'Running').length;
  return (
    <ul class="figures" aria-label="At a glance">
      <Figure count={bad.length} word="failed or lost" mark="cross" />
      <Figure count={warn.length} word="with issues" mark="triangle" />
      <Figure count={running} word="running" mark="turning" />
      <Figure count={pending.length - running} word="waiting" mark="ring" />
      <Figure count={fine.length} word="went well" mark="check" />
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
  readonly word: string;
  readonly mark: keyof typeof TONES;
}) {
  const { count, word, mark } = figure;
  return (
    <li class={count === 0 ? 'none' : undefined}>
      <Mark tone={count === 0 ? 'off' : TONES[mark]} shape={mark}>
        <b class="number">{count}</b> {word}
      </Mark>
    </li>
  );
}
