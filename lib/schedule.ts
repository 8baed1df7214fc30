import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleGroup, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

/** Settings of {@link EveryMinute}. */
export interface EveryMinuteProps {
  readonly function: IFunction;

  /** Where an invocation goes that could not be handed over within a minute. */
  readonly deadLetters: IQueue;
}

/** Invokes a function every minute, and never for a minute that is over. */
export class EveryMinute extends Construct {
  /** A group of its own, so that its metrics are of this schedule alone. */
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, props: EveryMinuteProps) {
    super(scope, id);

    this.group = new ScheduleGroup(this, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', {
      // What Scheduler presents as the source is the group of the schedule.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.group.scheduleGroupArn,
          },
        },
      }),
    });
    role.addToPolicy(allow('lambda:InvokeFunction', props.function.functionArn));
    role.addToPolicy(allow('sqs:SendMessage', props.deadLetters.queueArn));

    new Schedule(this, 'Schedule', {
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      scheduleGroup: this.group,
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(props.function, {
        // The target would also allow every version and alias of the function.
        role: role.withoutPolicyUpdates(),
        retryAttempts: 0,
        maxEventAge: Duration.seconds(60),
        deadLetterQueue: props.deadLetters,
      }),
    });
  }
}

function allow(action: string, resource: string): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [resource] });
}

/**
 * The sweeps within a minute: delayed messages that the monitor function sends itself. None outlives its
 * minute, and so none is given to the function a second time: what is lost, the next minute does.
 */
export class FollowUps extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, monitor: BundledFunction) {
    super(scope, id);

    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The shortest there is; the function drops what is too late for its minute.
      retentionPeriod: Duration.minutes(1),
      // Lambda demands as much as the function may run.
      visibilityTimeout: Duration.minutes(1),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'A message that failed is worth nothing a minute later: the sweep of the schedule does its work.',
    });
    monitor.allow(
      this.queue.queueArn,
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
    );
    new EventSourceMapping(this, 'ToMonitor', {
      target: monitor,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      // The least there is: sweeps are one at a time, by the lease.
      maxConcurrency: 2,
    });
  }
}

/** A queue for what failed, kept for 14 days: encrypted at rest, TLS only. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);

    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'This queue is itself the dead-letter queue, of a schedule and, as on-failure destination, ' +
        'of a function: the rule knows only the queues and functions that name one as such.',
    });
  }
}
