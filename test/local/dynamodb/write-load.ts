// Writes jobs into the embedded DynamoDB in the folder given until it is killed, each of them twice:
// with version 1, then 2. Takes the template from stdin, and prints the id and version of every
// write that was acknowledged.
import { json } from 'node:stream/consumers';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startEmbeddedDynamoDb } from '../../../local/dynamodb/embedded-dynamodb.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import { pendingJob } from './jobs.ts';

const WRITERS = 8;

const [, , dataDir = ''] = process.argv;
const template = (await json(process.stdin)) as CloudFormationTemplate;
const { url } = await startEmbeddedDynamoDb({ template, dataDir });
const client = new DynamoDBClient({
  endpoint: url,
  region: 'local',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
});

async function write(writer: number): Promise<never> {
  for (let job = 0; ; job += 1) {
    for (const version of [1, 2]) {
      const jobId = `job-${writer}-${job}`;
      const Item = pendingJob(jobId, { version: { N: String(version) } });
      await client.send(new PutItemCommand({ TableName: 'Jobs', Item }));
      console.log(`${jobId} ${version}`);
    }
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
