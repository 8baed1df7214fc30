import type { Json } from '../aws.ts';
import { pick, type Translation, text } from './translation.ts';

/** Tables, queues, secrets, keys and logs. */
export const DATA: Readonly<Record<string, Translation>> = {
  'AWS::DynamoDB::GlobalTable': {
    turned: 'a table in one region, with the protection and the backups of its one replica',
    async create(aws, { name, properties }) {
      const [replica = {}] = properties.Replicas as readonly Json[];
      const { TableDescription } = await aws.json('dynamodb', 'CreateTable', {
        TableName: name,
        ...pick(properties, 'AttributeDefinitions', 'KeySchema', 'BillingMode'),
        ...pick(properties, 'GlobalSecondaryIndexes'),
        ...pick(replica, 'DeletionProtectionEnabled'),
      });
      if (properties.TimeToLiveSpecification) {
        const expiry = pick(properties, 'TimeToLiveSpecification');
        await aws.json('dynamodb', 'UpdateTimeToLive', { TableName: name, ...expiry });
      }
      const backups = pick(replica, 'PointInTimeRecoverySpecification');
      await aws.json('dynamodb', 'UpdateContinuousBackups', { TableName: name, ...backups });
      return { ref: name, attributes: { Arn: text(TableDescription as Json, 'TableArn') } };
    },
  },
  'AWS::SQS::Queue': {
    turned: 'numbers and flags as texts',
    async create(aws, { name, properties }) {
      const Attributes = Object.fromEntries(
        Object.keys(properties).map((key) => [key, text(properties, key)]),
      );
      const { QueueUrl } = await aws.json('sqs', 'CreateQueue', { QueueName: name, Attributes });
      const AttributeNames = ['QueueArn'];
      const asked = await aws.json('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames });
      const Arn = text(asked.Attributes as Json, 'QueueArn');
      return { ref: String(QueueUrl), attributes: { Arn, QueueName: name } };
    },
  },
  'AWS::SQS::QueuePolicy': {
    turned: 'an attribute of each of its queues',
    async create(aws, { name, properties }) {
      for (const QueueUrl of properties.Queues as readonly string[]) {
        const Attributes = { Policy: text(properties, 'PolicyDocument') };
        await aws.json('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
      }
      return { ref: name };
    },
  },
  'AWS::SecretsManager::Secret': {
    async create(aws, { name, properties }) {
      const secret = await aws.json('secretsmanager', 'CreateSecret', {
        Name: name,
        ...properties,
      });
      return { ref: String(secret.ARN) };
    },
  },
  'AWS::KMS::Key': {
    turned: 'without the days it waits for its deletion',
    async create(aws, { properties }) {
      const { KeyMetadata } = await aws.json('kms', 'CreateKey', {
        ...pick(properties, 'Description'),
        Policy: text(properties, 'KeyPolicy'),
      });
      const { KeyId, Arn } = KeyMetadata as Json;
      if (properties.EnableKeyRotation) await aws.json('kms', 'EnableKeyRotation', { KeyId });
      return { ref: String(KeyId), attributes: { Arn: String(Arn) } };
    },
  },
  'AWS::Logs::LogGroup': {
    async create(aws, { name, properties }) {
      const logGroupName = text(properties, 'LogGroupName') || name;
      await aws.json('logs', 'CreateLogGroup', { logGroupName });
      const retentionInDays = properties.RetentionInDays;
      await aws.json('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
      const { logGroups } = await aws.json('logs', 'DescribeLogGroups', {
        logGroupNamePrefix: logGroupName,
      });
      const [group = {}] = logGroups as readonly Json[];
      return { ref: logGroupName, attributes: { Arn: text(group, 'arn') } };
    },
  },
};
