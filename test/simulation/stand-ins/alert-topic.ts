import type { AlertMessage } from '../../../functions/core/alerts/message.ts';
import { AlertRefused } from '../../../functions/core/errors.ts';
import type { State } from '../../../functions/core/jobs/states.ts';
import type { AlertTopic } from '../../../functions/core/ports.ts';
import type { SweepPorts } from '../../../functions/monitor/context.ts';
import { publishViolation } from '../../../local/sns/limits.ts';
import type { Caller } from '../caller.ts';
import type { AcceptedAlert, AcceptedDigest, AcceptedNotice } from '../happenings.ts';

/** A label that the topic takes for invalid, whatever it is about. */
const POISON = 'poison';
/** The longest message that SNS takes: bytes, its attributes included. */
const MAX_BYTES = 256 * 1024;

/**
 * The topic as one invocation reaches it. It knows the limits that SNS documents.
 *
 * @param isRefused whether this message, though there is nothing wrong with it, is refused as invalid
 */
export function alertTopicOf(
  call: Caller,
  isRefused: (id: string) => boolean,
  onAccepted: (alert: AcceptedAlert) => void,
  onDigest: (digest: AcceptedDigest) => void,
): AlertTopic {
  return {
    publish: (message, signal) => {
      const told = JSON.parse(message.default);
      const { id } = told;
      return call({
        what: `publish ${id}`,
        to: 'topic',
        signal,
        effect() {
          if (isInvalid(message) || isRefused(id)) {
            throw new AlertRefused('The topic refuses the alert: publish it bare.');
          }
          if (told.kind === 'Digest') onDigest(acceptedDigest(told));
          else onAccepted(acceptedAlert(told, message));
        },
      });
    },
  };
}

type Told = ReturnType<typeof JSON.parse>;

function acceptedDigest({ id, from, to, runs, failures }: Told): AcceptedDigest {
  const states = failures.map(({ state }: { state: State }) => state);
  return { id, from: Date.parse(from), to: Date.parse(to), runs, failures: states };
}

function acceptedAlert(told: Told, { email }: AlertMessage): AcceptedAlert {
  const { id, jobId, kind, state, endedBeforeFirstSeen } = told;
  const [, lastSeen] = /^ {2}Last seen: (.*)$/m.exec(email) ?? [];
  return { id, jobId, kind, state, endedBeforeFirstSeen, ...(lastSeen && { lastSeen }) };
}

/** The topic of notices to the operator, which nobody lists. */
export function operatorTopicOf(
  call: Caller,
  onAccepted: (notice: AcceptedNotice) => void,
): SweepPorts['operators'] {
  return {
    publish: (message, signal) =>
      call({
        what: `tell the operator ${message.subject}`,
        to: 'topic',
        signal,
        effect: () => onAccepted(JSON.parse(message.default)),
      }),
    list: async () => [],
  };
}

function isInvalid(message: AlertMessage): boolean {
  if (message.attributes.label === POISON) return true;
  const form = formOf(message);
  return (
    publishViolation(form) !== undefined || Buffer.byteLength(form.get('Message') ?? '') > MAX_BYTES
  );
}

/** The message as it is sent to SNS. */
function formOf({
  subject,
  attributes,
  default: machine,
  email,
  sms,
}: AlertMessage): URLSearchParams {
  const form = new URLSearchParams({
    TopicArn: 'alerts',
    Subject: subject,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: machine, email, sms }),
  });
  const entries = Object.entries(attributes).filter(([, value]) => value !== '');
  for (const [i, [name, value]] of entries.entries()) {
    const entry = `MessageAttributes.entry.${i + 1}`;
    form.set(`${entry}.Name`, name);
    form.set(`${entry}.Value.DataType`, 'String');
    form.set(`${entry}.Value.StringValue`, value);
  }
  return form;
}
