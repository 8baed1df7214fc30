import { join } from 'node:path';
import { z } from 'zod';
import { type JsonLines, openJsonLines } from '../json-lines.ts';

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

/**
 * Opens `alerts.jsonl` in `dataDir`: every alert that was published. Without `dataDir` it ends with
 * the process.
 *
 * @throws {CorruptFile} the file was changed by something else
 */
export function openAlertLog(dataDir: string | undefined): Promise<JsonLines<AcceptedAlert>> {
  return openJsonLines(dataDir && join(dataDir, 'alerts.jsonl'), acceptedAlert);
}
