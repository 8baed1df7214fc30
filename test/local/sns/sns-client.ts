import { SNSClient } from '@aws-sdk/client-sns';

/** A client that talks to the embedded SNS at `url` and tells every refusal at once. */
export function snsClient(url: string): SNSClient {
  return new SNSClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}
