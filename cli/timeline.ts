import ora from 'ora';
import type { Job } from '../client/index.js';
import { endedBefore, entryLine, historyOf, missingText } from './job-text.ts';
import type { Screen } from './screen.ts';
import { between, duration, plain } from './text.ts';

/** A job's history as it grows. */
export interface Timeline {
  /** Shows what is new about the job. */
  update(job: Job): void;
  /** Shows that the API does not answer, until the next update. */
  trouble(error: Error): void;
  /** Ends it and leaves the terminal as it was. */
  stop(): void;
}

/** Tells what is no part of the result. */
type Note = (text: string) => void;

/** For a person at a terminal: a line for each change of state, and below them what goes on. */
export function createLiveTimeline(screen: Screen, now: () => number): Timeline {
  const show = createHistory(screen);
  let since = now();
  const spinner = ora({
    stream: screen.output,
    isEnabled: true,
    // Raw input would need more care on the way out than stray key presses are worth.
    discardStdin: false,
    color: screen.hasColors && 'cyan',
    suffixText: () => duration(now() - since),
  });
  return {
    update(job) {
      spinner.stop();
      show(job);
      since = Date.parse(job.registeredAt);
      const missing = missingText(job, screen);
      const text = `${plain(job.state)}${missing ? `; ${missing}` : ''}`;
      if (job.endedAt === null) spinner.start(text);
    },
    trouble(error) {
      spinner.start(`${plain(error.message)}; trying again`);
    },
    stop() {
      if (spinner.isSpinning) spinner.stop();
    },
  };
}

/** Into a pipe: a line for each change of state, and a note when upstream finds no such run. */
export function createPlainTimeline(screen: Screen, note: Note): Timeline {
  const show = createHistory(screen);
  let missingSince: string | undefined;
  return withNotes((job) => {
    show(job);
    const missing = missingText(job, screen);
    const since = job.missing?.since;
    if (missing && since !== missingSince) note(missing);
    missingSince = since;
  }, note);
}

/** The job in JSON, on a line of its own each time it has changed. */
export function createJsonTimeline(screen: Screen, note: Note): Timeline {
  let shown: Job | undefined;
  return withNotes((job) => {
    if (job !== shown) screen.json(job, 0);
    shown = job;
  }, note);
}

/** Prints the entries of a history that were not printed yet, and how it ended. */
function createHistory(screen: Screen): (job: Job) => void {
  let shown = 0;
  return (job) => {
    const { entries, total } = historyOf(job);
    if (shown === 0) screen.line(plain(job.label ?? job.jobId));
    if (total > shown) {
      for (const entry of entries.slice(shown - total)) screen.line(entryLine(entry, job, screen));
    }
    shown = total;
    if (job.endedAt === null) return;
    const issues = job.containsIssues ? '; its logs contain issues' : '';
    const after = `after ${duration(between(job.registeredAt, job.endedAt))}`;
    screen.line(`Ended ${endedBefore(job, screen) ?? after}${issues}.`);
  };
}

/** Tells of the first of several troubles in a row. */
function withNotes(update: (job: Job) => void, note: Note): Timeline {
  let isTold = false;
  return {
    update(job) {
      update(job);
      isTold = false;
    },
    trouble(error) {
      if (!isTold) note(`${plain(error.message)}; trying again`);
      isTold = true;
    },
    stop() {},
  };
}
