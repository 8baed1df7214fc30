import { parseExtraction, parseLogs } from './extraction-body.ts';
import { type Kind, UUID } from './kind.ts';

/**
 * A run of the Grouping and Mapping API: the words of Reporting and `PartiallySucceeded`, no reason, no
 * `containsIssues`, and when it began [iTwin/insights-client, src/grouping-and-mapping].
 */
export const GROUPING_AND_MAPPING_EXTRACTION: Kind = {
  api: 'grouping-and-mapping',
  title: 'extraction run',
  statusPaths: ['/grouping-and-mapping/datasources/imodel-mappings/extractions/{id}'],
  idForms: [UUID],
  acceptVersion: 1,
  tellsIssues: false,
  parseStatus: (body, api) =>
    parseExtraction({ wrapper: 'extraction', startedAt: 'startedOn' }, body, api),
  parseLogs,
};
