import { EXTRACTION, parseLogs } from './extraction.ts';
import { type Kind, UUID } from './kind.ts';
import { oneWord } from './run-body.ts';

/**
 * A run of the Grouping and Mapping API: the words of Reporting and `PartiallySucceeded`, no reason, no
 * `containsIssues`, and when it began [iTwin/insights-client, src/grouping-and-mapping].
 */
export const GROUPING_AND_MAPPING_EXTRACTION: Kind = {
  ...EXTRACTION,
  api: 'grouping-and-mapping',
  statusPaths: ['/grouping-and-mapping/datasources/imodel-mappings/extractions/{id}'],
  idForms: [UUID],
  acceptVersion: 1,
  wrapper: 'extraction',
  read: oneWord({
    state: 'state',
    reason: 'reason',
    containsIssues: 'containsIssues',
    startedAt: 'startedOn',
  }),
  logs: { aloneTellIssues: true, parse: parseLogs },
};
