/**
 * What the embedded SNS keeps from one run to the next, in the folder of the local run: the alerts
 * that it accepted, and the subscriptions that were asked for by requests.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RETENTION } from '../../functions/core/jobs/job.ts';
import { parseJson } from '../../functions/core/objects.ts';
import { codeOf, replaceFile } from '../files.ts';
import { CorruptFile, type JsonLines, openJsonLines } from '../json-lines.ts';

const acceptedAlert = z
  .object({
    messageId: z.string(),
    publishedAt: z.iso.datetime(),
    subject: z.string().nullable(),
    email: z.string(),
    sms: z.string(),
    default: z.string(),
    attributes: z.record(z.string(), z.string()).readonly(),
    deliveredTo: z.array(z.string()).readonly(),
    mailTo: z.array(z.string()).readonly().exactOptional(),
  })
  .readonly();

/**
 * One alert that SNS accepted: the texts that a mailbox, a phone and a machine get to read, the
 * message attributes by name, and in `deliveredTo` the subscriptions (`email:ops@example.com`)
 * whose filter policy let it through. `mailTo` are the addresses that are owed it as real mail, when
 * there are any. `publishedAt` is ISO 8601, UTC.
 */
export type AcceptedAlert = z.infer<typeof acceptedAlert>;

/** Whether it is a notice, for the operator. */
export function isNotice({ attributes }: AcceptedAlert): boolean {
  return attributes.trouble !== undefined;
}

/**
 * Opens `alerts.jsonl` in `dataDir`: every alert that was published, of which those are read that are no
 * older than a job may be that has ended. Without `dataDir` it ends with the process.
 *
 * @throws {CorruptFile} the file was changed by something else
 */
export function openAlertLog(dataDir: string | undefined): Promise<JsonLines<AcceptedAlert>> {
  const path = dataDir && join(dataDir, 'alerts.jsonl');
  const isOver = ({ publishedAt }: AcceptedAlert) =>
    Date.parse(publishedAt) < Date.now() - RETENTION;
  return openJsonLines(path, acceptedAlert, { isMarked: true, isOver });
}

const keptSubscription = z
  .object({
    protocol: z.string(),
    endpoint: z.string(),
    attributes: z.record(z.string(), z.string()).readonly(),
    isConfirmed: z.boolean(),
  })
  .readonly();
const keptSubscriptions = z.array(keptSubscription);

/** A subscription that somebody asked for, as it is kept from one run to the next. */
export type KeptSubscription = z.infer<typeof keptSubscription>;

/** Where subscriptions are kept from one run to the next. */
interface SubscriptionFile {
  /** As the last run left them. */
  readonly kept: readonly KeptSubscription[];
  /** Resolves once these, and no others, are on the disk. Calls must not overlap. */
  save(subscriptions: readonly KeptSubscription[]): Promise<void>;
}

/**
 * Opens `subscriptions.json` in `dataDir`, which is made when missing. Without `dataDir` subscriptions
 * end with the process.
 *
 * @throws {CorruptFile} the file was changed by something else
 */
export async function openSubscriptionFile(dataDir: string | undefined): Promise<SubscriptionFile> {
  if (dataDir === undefined) return { kept: [], save: async () => {} };
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'subscriptions.json');
  const kept = await read(path);
  let saved = JSON.stringify(kept);
  return {
    kept,
    async save(subscriptions) {
      const text = JSON.stringify(subscriptions);
      if (text === saved) return;
      await replaceFile(path, text);
      saved = text;
    },
  };
}

async function read(path: string): Promise<readonly KeptSubscription[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (codeOf(error) === 'ENOENT') return '[]';
    throw error;
  });
  const { data, error } = keptSubscriptions.safeParse(parseJson(text));
  if (data !== undefined) return data;
  throw new CorruptFile(`${path} does not hold subscriptions. Mend it, or move the file away.`, {
    cause: error,
  });
}
