import type { LogsPage } from '../alerts/log-digest.ts';
import type { FailedObservation, StatusObservation } from '../jobs/observation.ts';
import type { StateWords } from '../jobs/states.ts';

/** The upstream APIs. What one of them answers proves nothing about another. */
export type Api = 'reporting' | 'grouping-and-mapping' | 'synchronization' | 'carbon';

/** How one sort of upstream job is asked about, how its answers read, and what people are told of it. */
export interface Kind {
  readonly api: Api;
  readonly texts: KindTexts;
  /** Paths of its status, with `{id}` and parameters: the first is asked, links may have any of them. */
  readonly statusPaths: readonly string[];
  /** What its ids look like, in their one spelling. */
  readonly idForms: readonly RegExp[];
  /** What the first path has in it beside the id. @default nothing */
  readonly parameters?: Readonly<Partial<Record<keyof PathParameters, Parameter>>>;
  /** The version in `Accept: application/vnd.bentley.itwin-platform.v1+json`. */
  readonly acceptVersion: number;
  /** The most of a status that is read (bytes). @default 64 KiB */
  readonly maxBytes?: number;
  readonly states: StateWords;
  /** The field of a 200's body that the run is in. */
  readonly wrapper: string;
  /** What a run in there says, or as an entry of a list; see `oneWord`. */
  readonly read: ReadRun;
  /** Absent where no logs are kept. */
  readonly logs?: KindLogs;
}

/** What the path of a status may have in it beside the id of the job. */
export interface PathParameters {
  /** Of a synchronization: the connection that it is a run of. */
  readonly connectionId?: string;
  /** Where that connection has its files from: `storage` or `manifest`. */
  readonly connectionType?: string;
}

/** One of these, as a kind has it. */
export interface Parameter {
  readonly form: RegExp;
  /** The form in words, behind "must be". */
  readonly mustBe: string;
  /** What it is where nobody says. Absent: it has to be said. */
  readonly usual?: string;
}

/** The fields of an object from outside. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a run. The words that say where it stands decide: whatever else is not as documented is left
 * out, so that nothing beside them can hide an end.
 *
 * @param api where the API is: a link to anywhere else is dropped
 */
export type ReadRun = (
  run: Fields,
  kind: Pick<Kind, 'states' | 'wrapper'>,
  api: URL,
) => StatusObservation | FailedObservation;

/** How the logs of a kind read. */
export interface KindLogs {
  /** Whether no status says if there are issues, so that the logs of every end have to. */
  readonly aloneTellIssues: boolean;
  /**
   * One page of them.
   *
   * @param asked where the page is from
   * @returns undefined when there is no list of logs
   */
  parse(document: unknown, asked: URL): LogsPage | undefined;
}

/** What people are told in words of the kind's own. */
export interface KindTexts {
  /** What such a job is called, behind "the" or "this". */
  readonly title: string;
  /** What to do once the cause is corrected, behind "correct the cause," or "or". */
  readonly again: string;
  /** Where its id was given, behind "when". */
  readonly idGiven: string;
  /** Where such jobs can be looked up, behind "in". */
  readonly history: string;
  /** What it takes to see it, behind "needs" or "a role with". */
  readonly access: string;
  /** What a clean success is good for; a sentence. */
  readonly success: string;
  /** What came of a partial success; the beginning of a sentence. */
  readonly partialSuccess: string;
}

const UUID_FORM = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Ids of most kinds: UUIDs, in lower case. */
export const UUID = new RegExp(`^${UUID_FORM}$`);

/** Two UUIDs in one id. */
export const UUIDS = new RegExp(`^${UUID_FORM}_${UUID_FORM}$`);

/** Ids of which nothing is known; no longer than what a place in a list may have of one. */
export const OPAQUE = /^[\w-]{16,75}$/;
