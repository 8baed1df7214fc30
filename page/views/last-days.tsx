import type { Statistics } from '../../client/index.js';
import { hrefOf } from '../address.ts';
import { api, usePoll } from '../api.ts';
import { Mark, toneOfEnd } from '../state.tsx';
import { usualText } from '../time.tsx';

/** How often (ms) it is asked for anew: an answer reads every run of a month. */
const EVERY = 10 * 60_000;

/** As many labels as are shown. */
const MOST = 8;

/** From how many runs on it is told what is usual, here as in mails. */
const USUAL_FROM = 10;

type Group = Statistics['groups'][number];
type Outcomes = Group['outcomes'];

/** How the runs of the last 30 days ended, and how long they took, label by label. */
export function LastDays() {
  const { data } = usePoll('statistics', () => api.GET('/statistics'), EVERY);
  if (!data || data.total.runs === 0) return null;
  return (
    <section>
      <h2>The last 30 days: {counted(data.total.runs)}</h2>
      <ol class="rows" aria-label="Figures of the last 30 days">
        {data.groups.slice(0, MOST).map((group) => (
          <Row key={group.name} group={group} most={data.groups[0]?.runs ?? 1} />
        ))}
      </ol>
    </section>
  );
}

function counted(runs: number): string {
  return runs === 1 ? '1 run' : `${runs} runs`;
}

function Row({ group, most }: { readonly group: Group; readonly most: number }) {
  const { name, runs, outcomes, runLength } = group;
  const { known, p50Seconds, p90Seconds } = runLength;
  const bad = outcomes
    .filter(({ state }) => toneOfEnd(state) === 'bad')
    .reduce((sum, outcome) => sum + outcome.runs, 0);
  return (
    <li class="row">
      {bad > 0 ? (
        <Mark tone="bad" shape="cross">
          {bad} failed or lost
        </Mark>
      ) : (
        <Mark tone="good" shape="check">
          None failed
        </Mark>
      )}
      <span class="what">
        {name === null ? (
          'Without a label'
        ) : (
          <a href={hrefOf({ name: 'runs', filter: { labelPrefix: name } })} data-row>
            <bdi>{name}</bdi>
          </a>
        )}
        {p50Seconds !== null && p90Seconds !== null && (
          <span class="why">
            {known < USUAL_FROM ? 'so far' : 'usually'} {usualText({ p50Seconds, p90Seconds })}
          </span>
        )}
      </span>
      <span class="took">
        <Bar outcomes={outcomes} most={most} />
      </span>
      <span class="when">{counted(runs)}</span>
    </li>
  );
}

/** How many runs ended how, against the largest of the groups beside it. */
function Bar({ outcomes, most }: { readonly outcomes: Outcomes; readonly most: number }) {
  const words = outcomes.map(({ state, runs }) => `${state} ${runs}`).join(', ');
  let x = 0;
  const parts = outcomes.map(({ state, runs }) => {
    const width = (100 * runs) / most;
    x += width;
    return (
      <rect
        key={state}
        class={`part ${toneOfEnd(state)}`}
        x={x - width}
        width={width}
        height="10"
      />
    );
  });
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      <rect class="track" y="4.5" width="100" height="1" />
      {parts}
    </svg>
  );
}
