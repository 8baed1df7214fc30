import { isoTime } from '../../functions/core/time.ts';
import type { JobPlan } from './plan/job-plan.ts';
import type { Plan } from './plan/plan.ts';
import { runPlan } from './run.ts';

/** How many lines before its end a story begins at the latest. */
const LINES = 400;

/** What happens when a plan is carried out, as somebody reads it who has to find out why. */
export async function storyOf(plan: Plan): Promise<string> {
  const lines: string[] = [];
  const { violation } = await runPlan(plan, (line) => lines.push(line));
  const jobs = plan.jobs.filter(({ jobId }) => lines.some((line) => line.includes(jobId)));
  const windows = plan.windows.map(
    ({ kind, from, until }) => `  ${kind}: ${clockOf(from)} to ${clockOf(until)}`,
  );
  // The job that it is about is the one to follow; what others did is told near the end.
  const jobId = jobs.find((job) => violation?.what.includes(job.jobId))?.jobId;
  const about = lines.filter((line) => jobId !== undefined && line.includes(jobId));
  return [
    `Seed ${plan.seed}; nothing goes wrong from ${clockOf(plan.calmFrom)} on.`,
    'What goes wrong for a while:',
    ...windows,
    'What becomes of the runs upstream:',
    ...jobs.filter((job) => jobId === undefined || job.jobId === jobId).map(lifeOf),
    ...(jobId === undefined ? [] : [`All about job ${jobId}:`, ...about]),
    'What happened last:',
    ...lines.slice(-LINES),
  ].join('\n');
}

function lifeOf({ jobId, listed, script, requests }: JobPlan): string {
  const steps = script.states.map(({ at, word }) => `${clockOf(at)} ${word}`);
  const end = script.end ? [`${clockOf(script.end.at)} ${script.end.word}`] : [];
  const gone = script.gone ? [`${clockOf(script.gone.at)} ${script.gone.status}`] : [];
  const asked = requests.map(({ at, kind }) => `${clockOf(at)} ${kind}`);
  const list = listed ? `; listed for iModel ${listed.iModelId} from ${clockOf(listed.from)}` : '';
  return `  ${jobId}: ${[...steps, ...end, ...gone].join(', ')}; requests: ${asked.join(', ')}${list}`;
}

function clockOf(time: number): string {
  return isoTime(time).slice(5, 19).replace('T', ' ');
}
