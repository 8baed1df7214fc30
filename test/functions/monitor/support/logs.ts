import type { RunLogs } from '../../../../functions/core/alerts/log-digest.ts';
import type { LogEntry, StatusAnswer } from '../../../../local/itwin-simulator/script.ts';
import { FAILED } from './answers.ts';
import type { World } from './world.ts';

/** What the logs of these runs say. */
export const ENTRY: LogEntry = {
  level: 'Error',
  category: 'GroupQuery',
  message: 'No such class.',
};

/** A run that failed, with these logs. */
export function failedWith(logs: NonNullable<StatusAnswer['logs']>): StatusAnswer {
  return { ...(FAILED as StatusAnswer), logs };
}

/** Job ids of all log requests, in order. */
export function askedForLogs({ simulator }: World): string[] {
  return simulator.requests.list('logs').map(({ jobId = '' }) => jobId);
}

/** What is on record of a job's logs. */
export async function logsOf(world: World, jobId: string): Promise<RunLogs | undefined> {
  return (await world.job(jobId)).logs;
}

/** Logs that could not be read, for this reason. */
export function unread(reason: unknown) {
  return { kind: 'Unread', reason };
}
