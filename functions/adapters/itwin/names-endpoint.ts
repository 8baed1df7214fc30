import type { NameAnswer, Named } from '../../core/alerts/log-digest.ts';
import { UUID } from '../../core/kinds/kind.ts';
import { fieldsOf, parseJson } from '../../core/objects.ts';
import type { NamesEndpoint } from '../../core/ports.ts';
import { shortLine } from '../../core/text.ts';
import { errorAnswerOf } from './endpoints.ts';
import {
  ANSWER_TIME,
  type EndpointOptions,
  get,
  noAnswer,
  readText,
  without,
  withTimeout,
} from './http.ts';

/** Where mappings are, and under each its groups [iTwin/insights-client, src/grouping-and-mapping]. */
const MAPPINGS = '/grouping-and-mapping/datasources/imodel-mappings';

/** The most of a name that is kept (bytes of UTF-8). */
const NAME_BYTES = 200;

/** Where a name is: the wrapper of the body and the field in it; and the version of the API. */
interface NamePlace {
  readonly path: string;
  readonly acceptVersion: number;
  readonly field: string;
}

/**
 * Where names are, asked with the built-in `fetch`. Whatever cannot be read is `Unreadable`: an alert
 * goes out without it.
 */
export function createNamesEndpoint(options: EndpointOptions): NamesEndpoint {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const { origin } = new URL(apiUrl);

  return {
    async ask(named, accessToken, signal) {
      const { path, acceptVersion, field } = placeOf(named);
      try {
        return await withTimeout(signal, timeoutMs, async (limited): Promise<NameAnswer> => {
          const url = `${origin}${path}`;
          const response = await get(url, accessToken, limited, { acceptVersion });
          if (response.status === 200) {
            const body = without(accessToken, await readText(response));
            const name = fieldsOf(fieldsOf(parseJson(body ?? ''))[named.kind])[field];
            if (typeof name === 'string' && name.trim() !== '')
              return { kind: 'Name', name: shortLine(name, NAME_BYTES) };
            return { kind: 'Unreadable', reason: 'Upstream answered 200 without a name.' };
          }
          const answer = await errorAnswerOf(response, 'names', { accessToken, now: now() });
          if (answer.kind === 'RateLimited') return answer;
          return { kind: 'Unreadable', reason: `Upstream answered ${response.status}.` };
        });
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'Unreadable', reason: noAnswer(error, 'names', timeoutMs).message };
      }
    },
  };
}

/** Ids that come from upstream's own words go into a path: only as what they must be. */
function placeOf(named: Named): NamePlace {
  const id = uuid(named.id);
  switch (named.kind) {
    case 'iModel':
      // https://developer.bentley.com/apis/imodels-v2/operations/get-imodel-details/
      return { path: `/imodels/${id}`, acceptVersion: 2, field: 'displayName' };
    case 'mapping':
      return { path: `${MAPPINGS}/${id}`, acceptVersion: 1, field: 'mappingName' };
    case 'group': {
      const path = `${MAPPINGS}/${uuid(named.mappingId)}/groups/${id}`;
      return { path, acceptVersion: 1, field: 'groupName' };
    }
  }
}

function uuid(id: string): string {
  const lowered = id.toLowerCase();
  if (!UUID.test(lowered)) throw new TypeError('What has a name has a UUID.');
  return lowered;
}
