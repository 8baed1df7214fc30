import type { FailedObservation, StatusObservation } from '../jobs/observation.ts';
import { isTerminal, type State, stateFromUpstream } from '../jobs/states.ts';
import { fieldsOf } from '../objects.ts';
import { storedText } from '../text.ts';
import { type Fields, type Kind, UUID } from './kind.ts';
import { isOfType, timeOf, unexpected } from './run-body.ts';

/**
 * A run of a connection, which brings files into an iModel:
 * https://developer.bentley.com/apis/synchronization/operations/get-storage-connection-run/ and
 * `get-manifestconnection-run`. That a run is over is its `state`, and how it ended its `result`. Ids are
 * 40 hexadecimal digits in one sample and a UUID in another; connections have 43 characters of base64url.
 */
export const SYNCHRONIZATION_RUN: Kind = {
  api: 'synchronization',
  texts: {
    title: 'synchronization run',
    again: 'run the synchronization again, and register the new run',
    idGiven: 'the run was started (the end of its Location)',
    history: 'the list of runs of its connection',
    access: 'access to its connection',
    success: 'The iModel is up to date.',
    partialSuccess: 'Some of the files are not in the iModel',
  },
  statusPaths: ['/synchronization/imodels/{connectionType}Connections/{connectionId}/runs/{id}'],
  idForms: [UUID, /^[0-9a-f]{40}$/],
  parameters: {
    connectionId: { form: /^[\w-]{20,64}$/, mustBe: 'the id of a connection' },
    connectionType: {
      form: /^(?:storage|manifest)$/,
      mustBe: 'storage or manifest',
      usual: 'storage',
    },
  },
  acceptVersion: 1,
  // Of each of its files it may tell an error of half a kilobyte.
  maxBytes: 512 * 1024,
  states: {
    pending: [
      ...['NotStarted', 'Idle', 'Queued', 'WaitingToExecute', 'WaitingToRetry'],
      ...['Executing', 'Finalizing'],
    ],
    ends: {
      Success: 'Succeeded',
      PartialSuccess: 'PartiallySucceeded',
      Error: 'Failed',
      Cancelled: 'Aborted',
      Skipped: 'Aborted',
      TimedOut: 'Aborted',
    },
  },
  wrapper: 'run',
  read: readRun,
};

/** The state of a run that is over. */
const OVER = 'Completed';

function readRun(
  run: Fields,
  { states }: Pick<Kind, 'states'>,
): StatusObservation | FailedObservation {
  const { state: word, result, startDateTime } = run;
  if (typeof word !== 'string') return unexpected('no text in run.state');
  // A word for a result is no end as long as the state does not say that the run is over.
  const state = stateFromUpstream(word, { pending: [OVER, ...states.pending], ends: {} });
  if (state === undefined) return unexpected('a run.state that is no word');
  const startedAt = timeOf(startDateTime);
  return {
    kind: 'Status',
    ...(state === OVER ? outcome(run, states) : { state }),
    ...(startedAt !== undefined && { startedAt }),
    ...(isOfType(result, 'string') ? {} : { leftOut: ['result'] }),
  };
}

/** How a run ended that is over: by a result that is not known it has not, and is watched on. */
function outcome(run: Fields, states: Kind['states']): { state: State; reason?: string } {
  const { result } = run;
  const state = typeof result === 'string' ? stateFromUpstream(result, states) : undefined;
  if (typeof result !== 'string' || state === undefined) return { state: OVER };
  if (!isTerminal(state)) return { state: OVER, reason: storedText(result) };
  const why = state === 'Succeeded' ? [] : reasonsIn(run);
  const reason = [...(state === 'Aborted' ? [`${result}.`] : []), ...why].join(' ');
  return { state, ...(reason !== '' && { reason: storedText(reason) }) };
}

/**
 * What is told of what went wrong in a run, its jobs and their tasks, each thing once and the shortest
 * first: a reason is cut at its end, and whoever reads it reads the beginning.
 */
export function reasonsIn(run: Fields): string[] {
  const ofJobs = listOf(run.jobs).flatMap((job) =>
    [job, ...listOf(job.tasks)].flatMap((part) => reasonOf(part, textOf(job.connectorType))),
  );
  const reasons = new Set([...reasonOf(run), ...ofJobs]);
  return [...reasons].toSorted((one, other) => one.length - other.length);
}

/** The error of a part, with its code and who met with it. Beside a success it is none. */
function reasonOf({ result, error }: Fields, connector = ''): string[] {
  if (result === 'Success') return [];
  const { description, message, details, errorKey, errorCode } = fieldsOf(error);
  const told = textOf(description) || textOf(message) || textOf(details);
  const code = textOf(errorKey) || textOf(errorCode);
  if (told === '') return code === '' ? [] : [`${code}.`];
  // Looked at once, however many there are in a row elsewhere.
  const sentence = told.replace(/(?<![.\s])[.\s]+$/, '');
  const from = connector === '' ? '' : `${connector}: `;
  return [`${from}${sentence}${code === '' ? '' : ` (${code})`}.`];
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
