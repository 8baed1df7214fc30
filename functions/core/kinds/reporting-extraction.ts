import { parseExtraction, parseLogs } from './extraction-body.ts';
import { type Kind, UUID } from './kind.ts';

/**
 * A run of the Reporting API, as its page documents it:
 * https://developer.bentley.com/apis/insights/operations/get-extraction-status/.
 *
 * Samples of the status have UUIDs; the sample of a started run has an id of 25 and 31 small letters and
 * digits, and links of an older path are still pasted [iTwin/insights-client, before v0.7.0].
 */
export const REPORTING_EXTRACTION: Kind = {
  api: 'reporting',
  title: 'extraction run',
  statusPaths: [
    '/insights/reporting/datasources/extraction/status/{id}',
    '/insights/reporting/datasources/imodels/{iModelId}/extraction/status/{id}',
  ],
  idForms: [UUID, /^[a-z0-9]{25}-[a-z0-9]{31}$/],
  acceptVersion: 1,
  tellsIssues: true,
  parseStatus: (body, api) => parseExtraction({ wrapper: 'status' }, body, api),
  parseLogs,
};
