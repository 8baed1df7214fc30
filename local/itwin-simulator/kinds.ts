/**
 * The kinds of upstream job, an entry each: their paths, bodies, links and errors. Sources:
 * - https://developer.bentley.com/apis/, of each its operations that get a status, logs and a list
 * - iTwin/insights-client: `src/grouping-and-mapping` and `src/carbon-calculation` for paths and fields;
 *   `src/reporting/openapi/reporting.json` of its history for links, dates and the extraction history
 */
import { changed, json, type Reply } from './replies.ts';
import type { LogEntry, StatusAnswer } from './script.ts';

/** A simulated run, as upstream knows it. */
export type Run = {
  readonly jobId: string;
  /** The connection it is a run of, if it is a synchronization. */
  readonly connection?: { readonly id: string; readonly type: string } | undefined;
  /** The iModel it extracts from; a run without one is in no list. */
  readonly iModelId?: string | undefined;
  /** When it began, ms since the epoch. */
  readonly startedAt: number;
};

/** What the path of a status names. */
export type Named = Pick<Run, 'jobId' | 'connection'>;

/** What an entry of the log says unless the script says otherwise. */
type EntryBasis = {
  readonly state: string;
  readonly reason: string | null;
  readonly dateTime: string;
  readonly contextType: string;
  readonly contextId: string;
  readonly containsIssues: boolean;
};

/** How the logs of a kind are told. */
export type KindLogs = {
  /** Whether links have a slash before their query, and the job id in another case. */
  readonly links: 'slash' | 'plain';
  readonly newestFirst: boolean;
  readonly entry: (entry: LogEntry, basis: EntryBasis, run: Run) => object;
  /** How it writes a time, ms since the epoch. */
  readonly date: (time: number) => string;
};

/** How an iModel's runs of a kind are listed. */
export type KindList = {
  /** Its path; a group in it is the iModel's id, else the query says `iModelId`. */
  readonly path: RegExp;
  /** What links to a page begin with, before `$top`. */
  readonly link: (iModelId: string) => string;
  readonly item: (run: Run, state: string, origin: string) => object;
};

type Kind = {
  readonly status: (named: Named) => string;
  /** The field that the whole body of a status is in. */
  readonly wrapper: string;
  readonly body: (run: Run, answer: StatusAnswer, origin: string) => object;
  /** Absent where none are kept. */
  readonly logs?: KindLogs;
  /** Absent where there are no lists. */
  readonly list?: KindList;
  /** Codes of 404 by what was asked for, and of 422. */
  readonly codes: { readonly status: string; readonly logs?: string; readonly invalid?: string };
};

const REPORTING = '/insights/reporting/datasources';
const EXTRACTIONS = '/grouping-and-mapping/datasources/imodel-mappings/extractions';

const CARBON = '/insights/carbon-calculation';
const EC3_PROJECT = 'https://buildingtransparency.org/ec3/projects/simulated';
/** Results of a synchronization that is over, and what it calls the states of an extraction. */
const RESULTS = new Set(['Success', 'PartialSuccess', 'Error', 'Cancelled', 'Skipped', 'TimedOut']);
const SYNCHRONIZATION_WORDS: Readonly<Record<string, string>> = {
  Running: 'Executing',
  Succeeded: 'Success',
  PartiallySucceeded: 'PartialSuccess',
  Failed: 'Error',
};

const KINDS = {
  'reporting-extraction': {
    status: ({ jobId }) => `${REPORTING}/extraction/status/${jobId}`,
    wrapper: 'status',
    body: ({ jobId }, { state, reason, containsIssues = false }, origin) => {
      const href = `${origin}${REPORTING}/extraction/status/${jobId}/logs`;
      return { state, reason, containsIssues, _links: { logs: { href } } };
    },
    logs: {
      links: 'slash',
      newestFirst: false,
      date: (time) => new Date(time).toISOString().replace('Z', '0000+00:00'),
      entry: (entry, basis, { jobId }) => ({
        state: basis.state,
        reason: basis.reason,
        dateTime: basis.dateTime,
        jobId,
        contextType: basis.contextType,
        contextId: basis.contextId,
        level: 'Information',
        category: 'Unknown',
        message: null,
        containsIssues: basis.containsIssues,
        ...entry,
      }),
    },
    list: {
      path: new RegExp(`^${REPORTING}/imodels/([^/]+)/extraction/history/?$`),
      link: (iModelId) => `${REPORTING}/imodels/${iModelId}/extraction/history/?`,
      item: ({ jobId, startedAt }, _, origin) => ({
        jobId,
        startedOn: toTheSecond(startedAt),
        _links: { status: { href: `${origin}${REPORTING}/extraction/status/${jobId}` } },
      }),
    },
    codes: {
      status: 'ExtractionStatusNotFound',
      logs: 'ExtractionLogNotFound',
      invalid: 'InvalidInsightsRequest',
    },
  },
  'grouping-and-mapping-extraction': {
    status: ({ jobId }) => `${EXTRACTIONS}/${jobId}`,
    wrapper: 'extraction',
    body: (run, { state }, origin) => extraction(run, state, origin),
    logs: {
      links: 'plain',
      newestFirst: true,
      date: toTheSecond,
      // Of the fields of a Reporting entry it lacks the job id, the reason and containsIssues.
      entry: ({ reason: _, containsIssues: __, ...entry }, basis) => ({
        state: basis.state,
        dateTime: basis.dateTime,
        contextType: basis.contextType,
        contextId: basis.contextId,
        level: 'Information',
        category: 'Unknown',
        message: '',
        ...entry,
      }),
    },
    list: {
      path: new RegExp(`^${EXTRACTIONS}/?$`),
      link: (iModelId) => `${EXTRACTIONS}?iModelId=${iModelId}&`,
      item: extraction,
    },
    // The pages name none of these.
    codes: {
      status: 'ExtractionNotFound',
      logs: 'ExtractionNotFound',
      invalid: 'InvalidGroupingAndMappingRequest',
    },
  },
  'synchronization-run': {
    status: ({ jobId, connection }) =>
      `/synchronization/imodels/${connection?.type}Connections/${connection?.id}/runs/${jobId}`,
    wrapper: 'run',
    // The word of a run that is over is that of its result.
    body: ({ jobId, connection, startedAt }, { state: told, reason }) => {
      const word = SYNCHRONIZATION_WORDS[told] ?? told;
      const isOver = RESULTS.has(word);
      return {
        id: jobId,
        connectionId: connection?.id ?? null,
        startDateTime: new Date(startedAt).toISOString().replace('Z', '0000Z'),
        phase: 'MasterFile',
        state: isOver ? 'Completed' : word,
        result: isOver ? word : 'Undetermined',
        ...(isOver && reason && { error: { errorKey: 'FileNotFound', description: reason } }),
        jobs: [],
      };
    },
    codes: { status: 'RunNotFound' },
  },
  'carbon-ec3': {
    status: ({ jobId }) => `${CARBON}/ec3/jobs/${jobId}`,
    wrapper: 'job',
    body: (_, { state, reason = null }) => ({
      status: state,
      message: reason,
      _links: {
        ec3Project: { href: state === 'Succeeded' ? `${EC3_PROJECT}?token=simulated` : null },
      },
    }),
    codes: { status: 'JobNotFound' },
  },
  'carbon-one-click-lca': {
    status: ({ jobId }) => `${CARBON}/oneclicklca/jobs/${jobId}`,
    wrapper: 'job',
    body: ({ jobId }, { state, reason = '' }) => ({
      id: jobId,
      fileToken: 'simulated-file-token',
      status: state,
      message: reason,
      _links: { oneclicklca: { href: 'https://www.oneclicklcaapp.com/simulated' } },
    }),
    codes: { status: 'JobNotFound' },
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** A kind of upstream job. */
export type JobKind = keyof typeof KINDS;

/** All kinds. */
export const JOB_KINDS = Object.keys(KINDS) as JobKind[];

/** What is known of a kind. */
export function kindOf(kind: JobKind): Kind {
  return KINDS[kind];
}

/** Path of a run's status. */
export function statusPath(kind: JobKind, named: Named): string {
  return kindOf(kind).status(named);
}

/** 200 with the status of a run. What the answer does not say is left out of the body. */
export function statusReply(kind: JobKind, run: Run, answer: StatusAnswer, origin: string): Reply {
  const { wrapper, body } = kindOf(kind);
  return json(200, { [wrapper]: changed(body(run, answer, origin), answer) });
}

function extraction({ jobId, startedAt }: Run, state: string, origin: string) {
  const href = `${origin}${EXTRACTIONS}/${jobId}`;
  return {
    id: jobId,
    state,
    startedOn: toTheSecond(startedAt),
    _links: { status: { href }, logs: { href: `${href}/logs` } },
  };
}

function toTheSecond(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}
