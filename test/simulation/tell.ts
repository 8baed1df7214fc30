import type { Checkpoint } from '../../functions/core/sweeps/checkpoint.ts';
import { isoTime } from '../../functions/core/time.ts';
import type { Happening, InvocationEnd } from './happenings.ts';

/** Something that happened, in a sentence. */
export function sentenceOf(happening: Happening): string {
  if (happening.kind === 'JobExpired') {
    return `the TTL deletes job ${happening.job.jobId}: ${happening.job.state}`;
  }
  const { name } = happening.by;
  switch (happening.kind) {
    case 'Began':
      return `${name} begins`;
    case 'Ended':
      return `${name} ${endOf(happening.end)}`;
    case 'CalledLate':
      return `${name} is over, but calls: ${happening.what}`;
    case 'CallerAnswered':
      return `${name} is answered: job ${happening.job.jobId} is ${happening.job.state}`;
    case 'JobWritten': {
      const { before, after } = happening;
      return `${name} writes job ${after.jobId}, version ${after.version}: ${before?.state ?? 'new'} -> ${after.state}`;
    }
    case 'CheckpointWritten':
      return `${name} writes checkpoint ${checkpointOf(happening.after)}`;
    case 'AlertAccepted':
      return `${name} publishes ${happening.alert.id}: ${happening.alert.state}`;
    case 'Asked':
      return `${name} asks about job ${happening.jobId}`;
    case 'Answered':
      return `${name} is told about job ${happening.jobId}: ${JSON.stringify(happening.answer)}`;
  }
}

function endOf(end: InvocationEnd): string {
  if (end.kind === 'Threw') return `throws ${String(end.error)}`;
  return end.kind === 'Died' ? 'dies' : `is over: ${end.report?.outcome ?? 'done'}`;
}

function checkpointOf({ version, leaseUntil, after, pause }: Checkpoint): string {
  const lease = leaseUntil === undefined ? 'free' : `leased until ${isoTime(leaseUntil)}`;
  const paused = pause ? `, paused (${pause.reason}) until ${isoTime(pause.until)}` : '';
  return `${version}: ${lease}, after ${after ?? 'none'}${paused}`;
}
