import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAlertTopic } from '../../functions/adapters/sns/alert-topic.ts';
import { alertMessage } from '../../functions/core/alerts/message.ts';
import { digestMessage } from '../../functions/core/alerts/texts/digest.ts';
import { startEmbeddedSns } from '../../local/sns/embedded-sns.ts';
import { sample } from '../functions/core/alerts/texts/support/all-samples.ts';
import { digestOf } from '../functions/core/alerts/texts/support/digest-samples.ts';
import { snsClient } from '../local/sns/sns-client.ts';
import { mailPicture } from './mail-picture.ts';
import { withSamples } from './samples.ts';

const PAGE = new URL('../../docs/alerts.md', import.meta.url);

/** Mended with `npm run docs:alerts`. */
describe('docs/alerts.md', () => {
  it('shows alerts as the code makes them', async () => {
    const page = await readFile(PAGE, 'utf8');
    await expect(withSamples(page)).toMatchFileSnapshot('../../docs/alerts.md');
  });

  it('has a picture of a mail as the code makes it', async () => {
    const picture = mailPicture(alertMessage(sample('failed with issues')));
    await expect(picture).toMatchFileSnapshot('../../docs/alert-mail.svg');
  });

  it('names filters that let through what it says', async () => {
    const page = await readFile(PAGE, 'utf8');
    const policies = page.matchAll(/^<!-- filter: (.+) -->\n```json\n([\s\S]*?)^```$/gm);
    const subscriptions = [...policies].map(([, name = '', policy = '']) => ({
      protocol: 'email',
      endpoint: `${name}@example.com`,
      filterPolicy: JSON.parse(policy),
    }));
    const sns = await startEmbeddedSns({ topicName: 'alerts', subscriptions });
    const client = snsClient(sns.url);
    const receiversOf = async (name: string) => {
      await createAlertTopic(client, sns.topicArn).publish(messageOf(name));
      const [alert] = await sns.alerts();
      return alert?.deliveredTo.map((receiver) => receiver.replace(/^email:|@.*/g, ''));
    };
    try {
      expect(await receiversOf('a digest')).toEqual(['digests']);
      expect(await receiversOf('succeeded')).toEqual(['ends', 'label']);
      expect(await receiversOf('succeeded with issues')).toEqual(['troubles', 'ends', 'label']);
      expect(await receiversOf('failed')).toEqual(['failures', 'troubles', 'ends', 'label']);
      expect(await receiversOf('still running')).toEqual(['troubles', 'label']);
      expect(await receiversOf('timed out without answers, no label')).toEqual([
        'troubles',
        'ends',
      ]);
    } finally {
      client.destroy();
      await sns.close();
    }
  });
});

function messageOf(name: string) {
  return name === 'a digest' ? digestMessage(digestOf([])) : alertMessage(sample(name));
}
