import { EXTRACTION, parseLogs } from './extraction.ts';
import { type Kind, UUID } from './kind.ts';
import { oneWord } from './run-body.ts';

/**
 * A run of the Reporting API, as its page documents it:
 * https://developer.bentley.com/apis/insights/operations/get-extraction-status/.
 *
 * Samples of the status have UUIDs; the sample of a started run has an id of 25 and 31 small letters and
 * digits, and links of an older path are still pasted [iTwin/insights-client, before v0.7.0].
 */
export const REPORTING_EXTRACTION: Kind = {
  ...EXTRACTION,
  api: 'reporting',
  statusPaths: [
    '/insights/reporting/datasources/extraction/status/{id}',
    '/insights/reporting/datasources/imodels/{iModelId}/extraction/status/{id}',
  ],
  idForms: [UUID, /^[a-z0-9]{25}-[a-z0-9]{31}$/],
  acceptVersion: 1,
  wrapper: 'status',
  read: oneWord({ state: 'state', reason: 'reason', containsIssues: 'containsIssues' }),
  logs: { aloneTellIssues: false, parse: parseLogs },
};
