import type { IModel } from '../../client/index.js';
import { hrefOf } from '../address.ts';
import { api, given, usePoll } from '../api.ts';
import { Asking, Field, LabelField } from '../dialog.tsx';
import { Mark } from '../state.tsx';
import { Ago, Time } from '../time.tsx';

/** The iModels whose runs are found and followed. */
export function IModels() {
  const { data, problem } = usePoll('imodels', () => api.GET('/imodels'));
  if (problem) return <p class="empty">{problem.message}</p>;
  return (
    <>
      <header class="title">
        <h1>iModels</h1>
        <WatchIModel />
      </header>
      <p class="note">
        Every run of these is found and followed, those too that nobody started by hand.
      </p>
      {!data && <p class="empty late">Asking…</p>}
      {data?.iModels.length === 0 && <p class="empty">No iModel is watched yet.</p>}
      {data && data.iModels.length > 0 && (
        <ol class="rows" aria-label="Watched iModels">
          {troubledFirst(data.iModels).map((iModel) => (
            <Row key={iModel.iModelId} iModel={iModel} />
          ))}
        </ol>
      )}
    </>
  );
}

function troubledFirst(iModels: readonly IModel[]): readonly IModel[] {
  const name = ({ label, iModelId }: IModel) => label ?? iModelId;
  return iModels.toSorted(
    (a, b) => Number(!a.trouble) - Number(!b.trouble) || name(a).localeCompare(name(b)),
  );
}

function Row({ iModel }: { readonly iModel: IModel }) {
  const { iModelId, label, lastRunStartedAt, since, trouble } = iModel;
  const runs = hrefOf({ name: 'runs', filter: label ? { labelPrefix: label } : {} });
  return (
    <li class="row imodel">
      {trouble ? (
        <Mark tone="bad" shape="question">
          Cannot be read
        </Mark>
      ) : (
        <Mark tone="good" shape="check">
          Watched
        </Mark>
      )}
      <span class="what">
        <a href={runs} data-row>
          <bdi>{label ?? iModelId}</bdi>
        </a>
        <span class="why">{iModelId}</span>
        {trouble && (
          <span class="why">
            <bdi>
              {trouble.message} Since <Time at={trouble.since} />.
            </bdi>
          </span>
        )}
      </span>
      <span class="when">
        {lastRunStartedAt ? (
          <>
            newest run <Ago at={lastRunStartedAt} />
          </>
        ) : (
          <>
            no start seen since <Time at={since} />
          </>
        )}
      </span>
      <Unwatch iModel={iModel} />
    </li>
  );
}

function Unwatch({ iModel: { iModelId, label } }: { readonly iModel: IModel }) {
  return (
    <Asking
      button="Stop"
      class="small"
      title={`Stop watching ${label ?? iModelId}?`}
      action="Stop watching"
      isDangerous
      onAction={async () => {
        const params = { path: { iModelId } };
        given<unknown>(await api.DELETE('/imodels/{iModelId}', { params }));
      }}
    >
      <p>No more runs of it are found. Those that are watched already go on.</p>
    </Asking>
  );
}

function WatchIModel() {
  return (
    <Asking
      button="Watch an iModel…"
      class="primary"
      title="Watch an iModel"
      action="Watch"
      onAction={async ({ iModelId = '', label = '', source = '' }) => {
        given(
          await api.PUT('/imodels/{iModelId}', {
            params: { path: { iModelId } },
            body: {
              source: source === 'reporting' ? source : 'grouping-and-mapping',
              ...(label && { label }),
            },
          }),
        );
      }}
    >
      <Field label="Id of the iModel">
        <input
          name="iModelId"
          required
          autocomplete="off"
          placeholder="5e19bee0-3aea-4355-a9f0-…"
        />
      </Field>
      <LabelField label="What to call its runs" />
      <Field label="Whose list of its runs to read">
        <select name="source">
          <option value="grouping-and-mapping">Grouping and Mapping</option>
          <option value="reporting">Reporting</option>
        </select>
      </Field>
    </Asking>
  );
}
