import { SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFollowUpQueue,
  endOfFollowUp,
} from '../../../../functions/adapters/sqs/follow-up-queue.ts';

const UNTIL = Date.UTC(2026, 1, 1, 0, 0, 55);

describe('the queue of follow-ups', () => {
  let server: FauxqsServer;
  let sqs: SQSClient;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    sqs = new SQSClient({
      endpoint: server.address,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  afterAll(async () => {
    sqs.destroy();
    await server.stop();
  });

  it('gets a delayed message for each, that the function reads as what it asked for', async () => {
    const { queueUrl } = server.createQueue('follow-ups');
    await createFollowUpQueue(sqs, queueUrl).send([15, 30, 45], UNTIL);
    const { ready = [], delayed = [] } = server.inspectQueue('follow-ups')?.messages ?? {};
    expect(ready).toEqual([]);
    expect(delayed).toHaveLength(3);
    expect(delayed.map(({ body }) => endOfFollowUp(body))).toEqual([UNTIL, UNTIL, UNTIL]);
  });

  it('that is not there is an error', async () => {
    const queue = createFollowUpQueue(sqs, `${server.address}/000000000000/nobody`);
    await expect(queue.send([15], UNTIL)).rejects.toThrow(SQSServiceException);
  });

  it('that takes only some of the messages says which it refused, and why', async () => {
    const mock = mockClient(SQSClient)
      .onAnyCommand()
      .resolves({
        Successful: [],
        Failed: [{ Id: '15', Code: 'InternalError', Message: 'Try again.', SenderFault: false }],
      });
    const queue = createFollowUpQueue(new SQSClient(), 'https://sqs.example.com/1/queue');
    await expect(queue.send([15, 30], UNTIL)).rejects.toThrow(
      'SQS refuses 1 of 2 messages: InternalError Try again.',
    );
    mock.restore();
  });
});

it.each(['', 'hello', '{}', '{"until":"soon"}', '{"until":1.5}', 'null', '[]'])(
  'a message that is none of ours, %j, is one whose time is over',
  (body) => {
    expect(endOfFollowUp(body)).toBe(0);
  },
);
