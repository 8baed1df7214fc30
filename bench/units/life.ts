import { type Consumption, sumOf } from './meter.ts';
import { openScene, type Staging } from './scene.ts';

/** What jobs have consumed that were registered together, checked together, and ended together. */
export interface Life {
  readonly registrations: Consumption;
  /** Of a job that is known. */
  readonly repetition: Consumption;
  /** One sweep that found nothing new. */
  readonly unchanged: Consumption;
  /** From registration to end, without the repetition. */
  readonly whole: Consumption;
}

/** Lets jobs live for so many checks: the first finds them queued, the last succeeded. */
export async function live(
  staging: Staging,
  { jobs, checks }: { readonly jobs: number; readonly checks: number },
): Promise<Life> {
  const { register, sweep, close } = await openScene(staging);
  const registrations = await register(jobs);
  const repetition = await register(1);
  const news = [await sweep('Queued'), await sweep('Running')];
  const unchanged = await sweep('Running');
  const more: Consumption[] = [];
  for (let check = 4; check < checks; check += 1) more.push(await sweep('Running'));
  const end = await sweep('Succeeded');
  await close();
  return {
    registrations,
    repetition,
    unchanged,
    whole: sumOf([registrations, ...news, unchanged, ...more, end]),
  };
}

/** One sweep over so many pending jobs that finds nothing new. */
export async function sweepUnchanged(staging: Staging, jobs: number): Promise<Consumption> {
  const { addPendingJobs, sweep, close } = await openScene(staging);
  await addPendingJobs(jobs);
  const consumed = await sweep('Running');
  await close();
  return consumed;
}
