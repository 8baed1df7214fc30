import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { JobStore, type JobStoreProps } from '../../lib/job-store.ts';

const TABLE = 'AWS::DynamoDB::GlobalTable';

function templateOf(props?: JobStoreProps): Template {
  const stack = new Stack();
  new JobStore(stack, 'JobStore', props);
  return Template.fromStack(stack);
}

describe('the job store', () => {
  it('keeps one item per job, until the time it carries as expiresAt', () => {
    templateOf().hasResourceProperties(TABLE, {
      KeySchema: [{ AttributeName: 'jobId', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  it.each([
    { IndexName: 'watched', partition: 'watch', sort: 'place' },
    { IndexName: 'byMonth', partition: 'month', sort: 'registeredAtJobId' },
    { IndexName: 'byEnd', partition: 'endMonth', sort: 'endedAtJobId' },
  ])(
    'has an index $IndexName, with one map of all it must know',
    ({ IndexName, partition, sort }) => {
      templateOf().hasResourceProperties(TABLE, {
        GlobalSecondaryIndexes: Match.arrayWith([
          {
            IndexName,
            KeySchema: [
              { AttributeName: partition, KeyType: 'HASH' },
              { AttributeName: sort, KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['indexed'] },
          },
        ]),
      });
    },
  );

  it('keeps the checkpoint in a table of its own, without an index and for good', () => {
    templateOf().hasResourceProperties(TABLE, {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      GlobalSecondaryIndexes: Match.absent(),
      TimeToLiveSpecification: Match.absent(),
    });
  });

  it('keeps the subscriptions by their id, without an index', () => {
    templateOf().hasResourceProperties(TABLE, {
      KeySchema: [{ AttributeName: 'subscriptionId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'subscriptionId', AttributeType: 'S' }],
      GlobalSecondaryIndexes: Match.absent(),
    });
  });

  it('forgets jobs and subscriptions that are over, by themselves', () => {
    const expiring = { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } };
    templateOf().resourcePropertiesCountIs(TABLE, expiring, 2);
  });

  it('costs nothing while nobody asks: every table is billed per request', () => {
    templateOf().resourcePropertiesCountIs(TABLE, { BillingMode: 'PAY_PER_REQUEST' }, 3);
  });

  it('outlives the stack, with backups and protected against deletion', () => {
    const tables = templateOf().findResources(TABLE, {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { Replicas: [replica({ safe: true })] },
    });
    expect(Object.keys(tables)).toHaveLength(3);
  });

  it('goes with the stack when it is ephemeral', () => {
    const tables = templateOf({ ephemeral: true }).findResources(TABLE, {
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: { Replicas: [replica({ safe: false })] },
    });
    expect(Object.keys(tables)).toHaveLength(3);
  });
});

function replica({ safe }: { safe: boolean }) {
  return Match.objectLike({
    DeletionProtectionEnabled: safe,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: safe },
  });
}
