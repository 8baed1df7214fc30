import {
  type AlertMessage,
  alertMessage,
  bareAlertMessage,
} from '../../functions/core/alerts/message.ts';
import { digestMessage } from '../../functions/core/alerts/texts/digest.ts';
import { sample } from '../functions/core/alerts/texts/support/all-samples.ts';
import { DIGEST_SAMPLES } from '../functions/core/alerts/texts/support/digest-samples.ts';

/** `<!-- mail: failed -->` or the like, and the block of code below it. */
const BLOCK = /^<!-- (bare )?(mail|sms|json): (.+) -->\n```(\w+)\n[\s\S]*?^```$/gm;

const SHOWN: Readonly<Record<string, (message: AlertMessage) => string>> = {
  mail: ({ subject, email }) => `Subject: ${subject}\n\n${email}`,
  sms: ({ sms }) => `${sms}\n`,
  json: (message) => `${JSON.stringify(JSON.parse(message.default), null, 2)}\n`,
};

/** A page in which each block that names a sample shows that sample as the code makes it. */
export function withSamples(page: string): string {
  return page.replace(BLOCK, (block, bare = '', part: string, name: string, language: string) => {
    const message = messageOf(name, bare !== '');
    const [comment = ''] = block.split('\n', 1);
    return `${comment}\n\`\`\`${language}\n${SHOWN[part]?.(message)}\`\`\``;
  });
}

function messageOf(name: string, isBare: boolean): AlertMessage {
  const digest = DIGEST_SAMPLES[name.replace('digest, ', '')];
  if (digest) return digestMessage(digest, isBare);
  return (isBare ? bareAlertMessage : alertMessage)(sample(name));
}
