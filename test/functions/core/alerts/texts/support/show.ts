import type { AlertMessage } from '../../../../../../functions/core/alerts/message.ts';

/** A message as a golden file holds it: all that the topic is given. */
export function show({ subject, email, sms, default: json, attributes }: AlertMessage): string {
  return [
    `Subject: ${subject}`,
    '',
    email,
    title(`SMS (${sms.length})`),
    sms,
    title('Message attributes'),
    ...Object.entries(attributes).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    title('JSON'),
    JSON.stringify(JSON.parse(json), null, 2),
    '',
  ].join('\n');
}

function title(text: string): string {
  return `---- ${text} `.padEnd(76, '-');
}
