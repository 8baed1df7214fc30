import { appendFile, mkdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from './message-texts.ts';

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
  })
  .readonly();

/**
 * One alert that SNS accepted: the texts that a mailbox, a phone and a machine get to read, the
 * message attributes by name, and in `deliveredTo` the subscriptions (`email:ops@example.com`)
 * whose filter policy let it through. `publishedAt` is ISO 8601, UTC.
 */
export type AcceptedAlert = z.infer<typeof acceptedAlert>;

/** Every alert that was published, kept in a file of one line of JSON each. */
interface AlertLog {
  /** Oldest first. */
  readonly alerts: readonly AcceptedAlert[];
  /**
   * Resolves once the alert is on the disk. Calls must not overlap.
   *
   * @throws the error of the file system; the alert is then not in the log
   */
  append(alert: AcceptedAlert): Promise<void>;
}

/** The log holds a line that is no alert. */
export class CorruptAlertLog extends Error {
  override readonly name = 'CorruptAlertLog';
}

/**
 * Opens `alerts.jsonl` in `dataDir`, which is made when missing. Without `dataDir` the log ends with
 * the process.
 *
 * @throws {CorruptAlertLog} the file was changed by something else
 */
export async function openAlertLog(dataDir: string | undefined): Promise<AlertLog> {
  if (dataDir === undefined) {
    const alerts: AcceptedAlert[] = [];
    return { alerts, append: async (alert) => void alerts.push(alert) };
  }
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'alerts.jsonl');
  const alerts = await readAlerts(path);
  return {
    alerts,
    async append(alert) {
      await appendLine(path, JSON.stringify(alert));
      alerts.push(alert);
    },
  };
}

/** Reads all whole lines, and cuts off the one that a killed process left unfinished. */
async function readAlerts(path: string): Promise<AcceptedAlert[]> {
  await appendFile(path, '');
  const file = await readFile(path);
  const wholeLines = file.subarray(0, file.lastIndexOf('\n') + 1);
  await truncate(path, wholeLines.length);

  const lines = wholeLines.toString().split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const { data, error } = acceptedAlert.safeParse(parseJson(line));
    if (data !== undefined) return data;
    throw new CorruptAlertLog(
      `Line ${index + 1} of ${path} is not an alert. Mend it, or move the file away.`,
      { cause: error },
    );
  });
}

/** A write that fails half-way, on a full disk say, must not leave half a line before the next. */
async function appendLine(path: string, line: string): Promise<void> {
  const { size } = await stat(path);
  try {
    await appendFile(path, `${line}\n`, { flush: true });
  } catch (error) {
    await truncate(path, size);
    throw error;
  }
}
