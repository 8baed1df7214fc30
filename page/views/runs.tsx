import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { JobSummary } from '../../client/index.js';
import { FILTERS, type Filter, hrefOf, replace } from '../address.ts';
import { api, usePoll } from '../api.ts';
import { Field } from '../dialog.tsx';
import { Rows } from '../rows.tsx';
import { STATE_WORDS } from '../state.tsx';

/** As many as one request gives. */
const LIMIT = 100;

/** All runs, newest first, as far as they fit the filter in the address. */
export function Runs({ filter }: { readonly filter: Filter }) {
  const key = hrefOf({ name: 'runs', filter });
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <header class="title">
        <h1>Runs</h1>
        {isFiltered && <a href={hrefOf({ name: 'runs', filter: {} })}>Show all</a>}
      </header>
      <Filters filter={filter} />
      <Pages key={key} filter={filter} />
    </>
  );
}

/** The filter, which goes into the address as it is changed. Its fields stay: one has the focus. */
function Filters({ filter }: { readonly filter: Filter }) {
  const change = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const next = Object.fromEntries(
      FILTERS.flatMap((name) => {
        const value = String(fields.get(name) ?? '');
        return value === '' ? [] : [[name, name.startsWith('registered') ? timeOf(value) : value]];
      }),
    );
    replace({ name: 'runs', filter: next });
  };
  return (
    <search>
      <form class="filters" onChange={change} onSubmit={change}>
        <Field label="Label begins with">
          <input
            name="labelPrefix"
            type="search"
            maxLength={100}
            value={filter.labelPrefix ?? ''}
            aria-keyshortcuts="/"
            data-search
          />
        </Field>
        <Choice name="stateGroup" label="Watch" value={filter.stateGroup} options={GROUPS} />
        <Choice name="state" label="State" value={filter.state} options={STATE_WORDS} />
        <Choice
          name="containsIssues"
          label="Issues"
          value={filter.containsIssues}
          options={ISSUES}
        />
        <Choice name="kind" label="Kind" value={filter.kind} options={KINDS} />
        <Field label="From">
          <input
            name="registeredFrom"
            type="date"
            max="9999-12-31"
            value={dayOf(filter.registeredFrom)}
          />
        </Field>
        <Field label="Before">
          <input
            name="registeredBefore"
            type="date"
            max="9999-12-31"
            value={dayOf(filter.registeredBefore)}
          />
        </Field>
      </form>
    </search>
  );
}

type Options = readonly (readonly [value: string, word: string])[];

const GROUPS: Options = [
  ['pending', 'under way'],
  ['ended', 'ended'],
];
const ISSUES: Options = [
  ['true', 'with'],
  ['false', 'without'],
];
const KIND_WORDS: Readonly<Record<JobSummary['kind'], string>> = {
  'reporting-extraction': 'Reporting',
  'grouping-and-mapping-extraction': 'Grouping and Mapping',
  'synchronization-run': 'Synchronization',
  'carbon-ec3': 'EC3 carbon',
  'carbon-one-click-lca': 'One Click LCA carbon',
};
const KINDS: Options = Object.entries(KIND_WORDS);

function Choice(choice: {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly options: Options;
}) {
  const { name, label, value = '', options } = choice;
  const isOther = value !== '' && !options.some(([known]) => known === value);
  return (
    <Field label={label}>
      <select name={name} value={value}>
        <option value="">any</option>
        {isOther && <option value={value}>{value}</option>}
        {options.map(([option, word]) => (
          <option key={option} value={option}>
            {word}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Midnight, where the reader is, as the API takes it. */
function timeOf(day: string): string {
  return new Date(`${day}T00:00`).toISOString();
}

function dayOf(time: string | undefined): string {
  const date = new Date(time ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function Pages({ filter }: { readonly filter: Filter }) {
  const [further, setFurther] = useState(0);
  const onMore = () => setFurther(further + 1);
  return <Page filter={filter} cursor={undefined} left={further} onMore={onMore} />;
}

/** A page of the list, and those behind it: each begins where the one before ends at the moment. */
function Page(page: {
  readonly filter: Filter;
  readonly cursor: string | undefined;
  readonly left: number;
  readonly onMore: () => void;
}) {
  const { filter, cursor, left, onMore } = page;
  const query = { ...filter, state: filter.state?.split(','), limit: LIMIT, cursor };
  const { data, problem } = usePoll(JSON.stringify(query), () =>
    api.GET('/jobs', { params: { query: query as object } }),
  );
  if (problem) return <p class="empty">{problem.message}</p>;
  if (!data) return <p class="empty late">Asking…</p>;
  const { jobs, cursor: next } = data;
  return (
    <>
      {jobs.length > 0 && <Rows jobs={jobs} label={cursor ? 'Older runs' : 'Runs'} />}
      {jobs.length === 0 && <p class="empty">{next ? 'None here yet.' : 'No run fits.'}</p>}
      {next !== null && left > 0 && (
        <Page filter={filter} cursor={next} left={left - 1} onMore={onMore} />
      )}
      {next !== null && left === 0 && (
        <button type="button" class="more" onClick={onMore}>
          Look further back
        </button>
      )}
    </>
  );
}
