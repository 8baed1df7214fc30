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
  onSent?: (id: string) => void,
): AlertTopic {
  return {
    publish: (message, signal) => {
      const told = JSON.parse(message.default);
      const { id } = told;
      onSent?.(id);
      return call({
        what: `publish ${id}`,
        to: 'topic',
        signal,
        effect() {
          if (isInvalid(message) || isRefused(id)) {
            throw new AlertRefused('The topic refuses the alert: publish it bare.');
          }
          if (told.kind === 'Digest') onDigest(acceptedDigest(told, message));
          else onAccepted(acceptedAlert(told, message));
        },
      });
    },
  };
}

type Told = ReturnType<typeof JSON.parse>;

function acceptedDigest(told: Told, message: AlertMessage): AcceptedDigest {
  const { id, from, to, runs, outcomes, failures, pending } = told;
  const counts = outcomes.map((one: { state: State; runs: number }) => [one.state, one.runs]);
  return {
    id,
    from: Date.parse(from),
    to: Date.parse(to),
    runs,
    outcomes: Object.fromEntries(counts),
    failures: failures.map(({ state }: { state: State }) => state),
    pending,
    words: wordsOf(message),
  };
}

function acceptedAlert(told: Told, message: AlertMessage): AcceptedAlert {
  const { id, jobId, kind, state, endedBeforeFirstSeen, at, bare } = told;
  const [, lastSeen] = /^ {2}Last seen: (.*)$/m.exec(message.email) ?? [];
  const [, took] = /^ {2}Took: (.*)$/m.exec(message.email) ?? [];
  return {
    id,
    jobId,
    kind,
    state,
    endedBeforeFirstSeen,
    ...(lastSeen && { lastSeen }),
    ...(took && !bare && { took }),
    at: Date.parse(at),
    words: wordsOf(message),
  };
}

function wordsOf({ subject, email, sms }: AlertMessage): string {
  return [subject, email, sms].join('\n');
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
        effect: () => onAccepted({ ...JSON.parse(message.default), words: wordsOf(message) }),
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
