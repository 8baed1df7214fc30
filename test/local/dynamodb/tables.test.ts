import { describe, expect, it } from 'vitest';
import { tablesOf } from '../../../local/dynamodb/tables.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';

const orders = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Metadata: { 'aws:cdk:path': 'Shop/Store/Orders/Resource' },
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'day', AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byDay',
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['total'] },
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 100 },
      },
    ],
    Replicas: [{ Region: { Ref: 'AWS::Region' }, DeletionProtectionEnabled: true }],
    TimeToLiveSpecification: { AttributeName: 'goneAt', Enabled: true },
  },
};

describe('the tables of a template', () => {
  it('have the keys and indexes they have when deployed, and no setting of a deployment', () => {
    expect(tablesOf({ Resources: { OrdersA1B2C3D4: orders } })).toEqual([
      {
        name: 'Orders',
        definition: {
          TableName: 'Orders',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: orders.Properties.AttributeDefinitions,
          KeySchema: orders.Properties.KeySchema,
          GlobalSecondaryIndexes: [
            {
              IndexName: 'byDay',
              KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['total'] },
            },
          ],
        },
        ttlAttribute: 'goneAt',
      },
    ]);
  });

  it('are found under either type, and nothing else is taken for one', () => {
    const template: CloudFormationTemplate = {
      Resources: {
        Plain: { ...orders, Type: 'AWS::DynamoDB::Table' },
        Global: orders,
        Topic: { Type: 'AWS::SNS::Topic' },
      },
    };
    expect(tablesOf(template)).toHaveLength(2);
  });

  it('are named after the logical id where the template does not tell the construct', () => {
    const { Metadata: _path, ...anonymous } = orders;
    expect(tablesOf({ Resources: { OrdersA1B2C3D4: anonymous } })[0]?.name).toBe('OrdersA1B2C3D4');
  });
});
