import type { LogsPage } from '../alerts/log-digest.ts';
import type { FailedObservation, StatusObservation } from '../jobs/observation.ts';

/** The upstream APIs. What one of them answers proves nothing about another. */
export type Api = 'reporting' | 'grouping-and-mapping';

/** How one sort of upstream job is asked about, and how its answers read. */
export interface Kind {
  readonly api: Api;
  /** What a person calls such a job. */
  readonly title: string;
  /** Paths of its status, with `{id}`: the first is asked, links may have any of them. */
  readonly statusPaths: readonly string[];
  /** What its ids look like, in their one spelling. */
  readonly idForms: readonly RegExp[];
  /** The version in `Accept: application/vnd.bentley.itwin-platform.v1+json`. */
  readonly acceptVersion: number;
  /** Whether a status says `containsIssues`; else the logs of every end have to say it. */
  readonly tellsIssues: boolean;
  /**
   * What a 200 says.
   *
   * @param body undefined when it was too long to be read
   * @param api where the API is: a link to anywhere else is dropped
   */
  parseStatus(body: string | undefined, api: URL): StatusObservation | FailedObservation;
  /**
   * One page of its logs.
   *
   * @param asked where the page is from
   * @returns undefined when there is no list of logs
   */
  parseLogs(document: unknown, asked: URL): LogsPage | undefined;
}

/** Ids of most kinds: UUIDs, in lower case. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
