/**
 * An embedded SNS in a process of its own, for tests that kill it. Takes its options as JSON, prints
 * `{url, topicArn}` on one line, and closes when its standard input ends.
 */
import { text } from 'node:stream/consumers';
import { startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';

const sns = await startEmbeddedSns(JSON.parse(process.argv[2] ?? ''));
console.log(JSON.stringify({ url: sns.url, topicArn: sns.topicArn }));
await text(process.stdin);
await sns.close();
