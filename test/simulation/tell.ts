import type { IModel } from '../../functions/core/imodels/imodel.ts';
import type { RunsPage } from '../../functions/core/kinds/run-list.ts';
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
    case 'FollowUpsAsked':
      return `${name} asks for sweeps after ${happening.delays.join(', ')} s, over by ${isoTime(happening.until)}`;
    case 'CallerAnswered':
      return `${name} is answered: job ${happening.job.jobId} is ${happening.job.state}`;
    case 'WatchAnswered':
      return `${name} is answered: ${happening.request} of iModel ${happening.iModelId} is done`;
    case 'JobWritten': {
      const { before, after } = happening;
      return `${name} writes job ${after.jobId}, version ${after.version}: ${before?.state ?? 'new'} -> ${after.state}`;
    }
    case 'JobKnown':
      return `${name} finds that job ${happening.jobId} is on record`;
    case 'LengthsWritten':
      return `${name} writes how long runs took: ${JSON.stringify(happening.after)}`;
    case 'IModelRead':
      return `${name} reads iModel ${happening.iModelId}: ${happening.iModel ? iModelOf(happening.iModel) : 'none'}`;
    case 'IModelWritten': {
      const { before, after } = happening;
      const { iModelId } = (after ?? before) as IModel;
      return `${name} ${after ? `writes iModel ${iModelId}: ${iModelOf(after)}` : `deletes iModel ${iModelId}`}`;
    }
    case 'ListAsked':
      return `${name} asks for the runs of iModel ${happening.iModelId}`;
    case 'ListAnswered': {
      const { asked, answer } = happening;
      return `${name} is told the runs of iModel ${asked.iModelId}: ${answer?.kind === 'Page' ? runsOf(answer) : JSON.stringify(answer)}`;
    }
    case 'NameAsked':
      return `${name} asks for the name of ${happening.id}`;
    case 'NameAnswered':
      return `${name} is told the name of ${happening.id}: ${JSON.stringify(happening.answer)}`;
    case 'CheckpointWritten':
      return `${name} writes checkpoint ${checkpointOf(happening.after)}`;
    case 'AlertSent':
      return `${name} sends ${happening.id} off`;
    case 'MonthKept':
      return `${name} keeps the figures of ${happening.figures.month}`;
    case 'AlertAccepted':
      return `${name} publishes ${happening.alert.id}: ${happening.alert.state}`;
    case 'DigestAccepted':
      return `${name} publishes ${happening.digest.id}: ${happening.digest.runs} runs`;
    case 'NoticeAccepted':
      return `${name} tells the operator ${happening.notice.id}`;
    case 'Asked':
      return `${name} asks about job ${happening.jobId}`;
    case 'Answered':
      return `${name} is told about job ${happening.jobId}: ${JSON.stringify(happening.answer)}`;
  }
}

function runsOf({ runs, next }: RunsPage): string {
  const told = runs.map(({ jobId, status }) => `${jobId} ${status?.state ?? 'of no state'}`);
  return `${told.join(', ') || 'none'}${next === undefined ? '' : ', and more'}`;
}

function iModelOf({ version, since, known = {}, newestAt, next }: IModel): string {
  const newest = newestAt === undefined ? 'no run' : `the newest of ${isoTime(newestAt)}`;
  const more = next === undefined ? '' : `, goes on with ${next.query}`;
  return `version ${version}, since ${isoTime(since)}, ${Object.keys(known).length} ids, ${newest}${more}`;
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
