import { RemovalPolicy, type StackProps } from 'aws-cdk-lib';
import { type Attribute, AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/**
 * Settings of a {@link JobStore}. It gets the tags of the stack, since CloudFormation hands those on to no
 * global table.
 */
export interface JobStoreProps extends Pick<StackProps, 'tags'> {
  /**
   * Whether the tables and all they hold go when the stack goes. For a stack that is only tried
   * out: it also turns off backups and the protection against deletion.
   *
   * @default false
   */
  readonly ephemeral?: boolean;
}

/**
 * The tables that hold every job under watch, how far the sweep has come, and who subscribed over the
 * API. They are billed per request, and outlive the stack unless it is ephemeral.
 */
export class JobStore extends Construct {
  /** One item per job: its state, its transitions, and the alerts it owes. */
  readonly jobs: TableV2;

  /** The checkpoint of the sweep, and one item for the figures of each month. */
  readonly checkpoint: TableV2;

  /** One item per subscription that was asked for over the API: a hundred or so. */
  readonly subscriptions: TableV2;

  constructor(scope: Construct, id: string, { ephemeral = false, tags = {} }: JobStoreProps = {}) {
    super(scope, id);

    const common = {
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      deletionProtection: !ephemeral,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: !ephemeral },
      removalPolicy: ephemeral ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    };

    this.jobs = new TableV2(this, 'Jobs', {
      ...common,
      partitionKey: text('jobId'),
      timeToLiveAttribute: 'expiresAt',
      globalSecondaryIndexes: [
        {
          // Sparse: only jobs with something left to do carry `watch`.
          indexName: 'watched',
          partitionKey: text('watch'),
          sortKey: text('place'),
          ...INDEXED,
        },
        {
          indexName: 'byMonth',
          partitionKey: text('month'),
          sortKey: text('registeredAtJobId'),
          ...INDEXED,
        },
        {
          // Sparse: only jobs that have ended.
          indexName: 'byEnd',
          partitionKey: text('endMonth'),
          sortKey: text('endedAtJobId'),
          ...INDEXED,
        },
      ],
    });

    this.checkpoint = new TableV2(this, 'Checkpoint', { ...common, partitionKey: text('id') });
    this.subscriptions = new TableV2(this, 'Subscriptions', {
      ...common,
      partitionKey: text('subscriptionId'),
      timeToLiveAttribute: 'expiresAt',
    });
  }
}

/** One map that says all an index must know, so that no later fact of a job changes an index. */
const INDEXED = { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: ['indexed'] };

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
