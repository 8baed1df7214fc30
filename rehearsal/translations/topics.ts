import { type Aws, elementIn, type Json } from '../aws.ts';
import { type Made, type Translation, text, UpdateRefused } from './translation.ts';

/** What a subscription can be told without being another one. */
const ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope'];

/** Topics, and who is subscribed to them. */
export const TOPICS: Readonly<Record<string, Translation>> = {
  'AWS::SNS::Topic': {
    async create(aws, { name, properties }) {
      const answer = await aws.query('sns', 'CreateTopic', {
        Name: name,
        ...entries(Object.keys(properties), properties),
      });
      return { ref: elementIn(answer, 'TopicArn'), attributes: { TopicName: name } };
    },
  },
  'AWS::SNS::TopicPolicy': {
    turned: 'an attribute of each of its topics',
    async create(aws, { name, properties }) {
      for (const TopicArn of properties.Topics as readonly string[]) {
        const AttributeValue = text(properties, 'PolicyDocument');
        const attribute = { TopicArn, AttributeName: 'Policy', AttributeValue };
        await aws.query('sns', 'SetTopicAttributes', attribute);
      }
      return { ref: name };
    },
  },
  'AWS::SNS::Subscription': {
    async create(aws, { properties }) {
      const { Protocol, Endpoint, TopicArn } = properties;
      const given = ATTRIBUTES.filter((name) => properties[name] !== undefined);
      const answer = await aws.query('sns', 'Subscribe', {
        ...{ Protocol, Endpoint, TopicArn, ReturnSubscriptionArn: true },
        ...entries(given, properties),
      });
      return { ref: elementIn(answer, 'SubscriptionArn') };
    },
    update: updateSubscription,
    async remove(aws, { ref }) {
      await aws.query('sns', 'Unsubscribe', { SubscriptionArn: ref });
    },
  },
};

/**
 * As CloudFormation does it: what is gone from the template it sets to null, which SNS refuses
 * [https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1840]. An emulator may not.
 */
async function updateSubscription(aws: Aws, { ref }: Made, before: Json, after: Json) {
  for (const name of ATTRIBUTES) {
    if (text(before, name) === text(after, name)) continue;
    if (after[name] === undefined) {
      throw new UpdateRefused(`${name} of a subscription would be set to null: keep it there.`);
    }
    await aws.query('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn: ref,
      AttributeName: name,
      AttributeValue: text(after, name),
    });
  }
}

/** Attributes as a form says a map. */
function entries(names: readonly string[], properties: Json): Json {
  return Object.fromEntries(
    names.flatMap((name, i) => [
      [`Attributes.entry.${i + 1}.key`, name],
      [`Attributes.entry.${i + 1}.value`, text(properties, name)],
    ]),
  );
}
