import { ListSubscriptionsByTopicCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import type { EmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import { snsClient } from './sns-client.ts';

/** Ends every subscription of the topic, even that by which the embedded SNS reads alerts itself. */
export async function unsubscribeAll({ url, topicArn: TopicArn }: EmbeddedSns): Promise<void> {
  const client = snsClient(url);
  const { Subscriptions = [] } = await client.send(
    new ListSubscriptionsByTopicCommand({ TopicArn }),
  );
  for (const { SubscriptionArn } of Subscriptions) {
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
  }
  client.destroy();
}
