import type { AlertMessage } from '../../../functions/core/alert-texts.ts';
import { AlertRefused } from '../../../functions/core/errors.ts';
import type { AlertTopic } from '../../../functions/core/ports.ts';
import type { Caller } from '../caller.ts';
import type { AcceptedAlert } from '../happenings.ts';

/** A label that the topic takes for invalid, whatever it is about. */
const POISON = 'poison';

/**
 * The topic as one invocation reaches it.
 *
 * @param isRefused whether this message, though there is nothing wrong with it, is refused as invalid
 */
export function alertTopicOf(
  call: Caller,
  isRefused: (id: string) => boolean,
  onAccepted: (alert: AcceptedAlert) => void,
): AlertTopic {
  return {
    publish: (message, signal) => {
      const { id, jobId, state } = JSON.parse(message.default);
      return call({
        what: `publish ${id}`,
        to: 'topic',
        signal,
        effect() {
          if (isPoisoned(message) || isRefused(id)) {
            throw new AlertRefused('The topic refuses the alert: publish it bare.');
          }
          onAccepted({ id, jobId, state });
        },
      });
    },
  };
}

function isPoisoned({ attributes }: AlertMessage): boolean {
  return attributes.label === POISON;
}
