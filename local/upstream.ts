import { createStatusEndpoint } from '../functions/adapters/itwin/endpoints.ts';
import { isTokenFault } from '../functions/core/errors.ts';
import type { Answer } from '../functions/core/jobs/observation.ts';
import { SECOND } from '../functions/core/time.ts';
import { createTokens, readMonitorSettings } from '../functions/monitor/settings.ts';
import type { Narrator } from './narrator.ts';

/** The most time (ms) that the trial may take. */
const PATIENCE = 10 * SECOND;

/** A run that there is none of: upstream answers 404 to whom it lets in. */
const NO_RUN = '00000000-0000-0000-0000-000000000000';

/**
 * Tries the credentials and tells what came of it: those that are refused are better known of before
 * the first job. One token, and one request of the budget.
 *
 * @param environment that of the monitor
 */
export async function tellWhetherItLetsIn(
  environment: Readonly<Record<string, string>>,
  tell: Pick<Narrator, 'say' | 'warn'>,
): Promise<void> {
  const { apiUrl, ...settings } = readMonitorSettings(environment);
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const token = await createTokens(settings, 'trial').current(signal);
    const { ask } = createStatusEndpoint({ apiUrl: apiUrl.href, now: Date.now });
    const trouble = troubleOf(await ask({ jobId: NO_RUN }, token, signal));
    if (trouble === undefined) tell.say(`${apiUrl.host} takes the credentials`);
    else tell.warn(`${apiUrl.host}: ${trouble}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    tell.warn(isTokenFault(error) ? `There is no access token. ${why}` : `${apiUrl.host}: ${why}`);
  }
}

function troubleOf(answer: Answer): string | undefined {
  switch (answer.kind) {
    case 'Unauthorized':
      return 'the credentials are refused: the access token, or the client, has to be replaced.';
    case 'Failed':
      return `no check is possible at the moment. ${answer.error.message}`;
    case 'RateLimited':
      return 'the credentials are taken, but the limit of requests is reached.';
    case 'Missing':
      return answer.status === 403 ? 'it answers 403: the client may lack a role.' : undefined;
    default:
      return undefined;
  }
}
