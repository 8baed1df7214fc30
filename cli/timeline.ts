import ora from 'ora';
import type { Job } from '../client/index.js';
import { endLines, entryLine, historyOf, missingText, usualText } from './job-text.ts';
import type { Screen } from './screen.ts';
import { duration, plain } from './text.ts';

/** The history of a job as it grows, or of several. */
export interface Timeline {
  /** Shows what is new about a job. */
  update(job: Job): void;
  /** Shows how a job ended, when there is no more to wait for. */
  end(job: Job): void;
  /** Shows that the API does not answer, until the next update. */
  trouble(error: Error): void;
  /** Ends it and leaves the terminal as it was. */
  stop(): void;
}

/** Tells what is no part of the result. */
type Note = (text: string) => void;

/** For a person at a terminal who waits for one job: a line for each change, below them what goes on. */
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
      screen.lines(show(job));
      since = Date.parse(job.registeredAt);
      const missing = missingText(job, screen);
      const text = `${plain(job.state)}${missing ? `; ${missing}` : ''}`;
      if (job.endedAt === null) spinner.start(text);
    },
    end(job) {
      spinner.stop();
      screen.lines(endLines(job, screen));
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
  return withNotes({
    update(job) {
      screen.lines(show(job));
      const missing = missingText(job, screen);
      const since = job.missing?.since;
      if (missing && since !== missingSince) note(missing);
      missingSince = since;
    },
    end(job) {
      screen.lines(endLines(job, screen));
    },
    note,
  });
}

/** Of several jobs: the same lines, each with the name of its job in front. */
export function createJointTimeline(screen: Screen, note: Note): Timeline {
  const histories = new Map<string, (job: Job) => readonly string[]>();
  const nameOf = ({ label, jobId }: Job) => plain(label ?? jobId);
  return withNotes({
    update(job) {
      const isNew = !histories.has(job.jobId);
      const show = histories.get(job.jobId) ?? createHistory(screen);
      histories.set(job.jobId, show);
      // The first line of a history is the name.
      const lines = show(job).slice(isNew ? 1 : 0);
      for (const line of lines) screen.line(`${nameOf(job)}: ${line}`);
    },
    end(job) {
      for (const line of endLines(job, screen)) {
        if (line !== '') screen.line(`${nameOf(job)}: ${line}`);
      }
    },
    note,
  });
}

/** The job in JSON, on a line of its own each time it has changed. */
export function createJsonTimeline(screen: Screen, note: Note): Timeline {
  const shown = new Map<string, Job>();
  return withNotes({
    update(job) {
      if (shown.get(job.jobId) !== job) screen.json(job, 0);
      shown.set(job.jobId, job);
    },
    end() {},
    note,
  });
}

/** Gives the lines of a history that were not given yet. */
function createHistory(screen: Screen): (job: Job) => readonly string[] {
  let shown = 0;
  let isUsualShown = false;
  return (job) => {
    const { entries, total } = historyOf(job);
    const name = shown === 0 ? [plain(job.label ?? job.jobId)] : [];
    const fresh = total > shown ? entries.slice(shown - total) : [];
    shown = total;
    const usual = isUsualShown || job.endedAt !== null ? undefined : usualText(job, screen);
    isUsualShown ||= usual !== undefined;
    const lines = fresh.map((entry) => entryLine(entry, job, screen));
    return [...name, ...lines, ...(usual ? [screen.dim(`Usually ${usual}`)] : [])];
  };
}

/** Tells of the first of several troubles in a row. */
function withNotes({
  update,
  end,
  note,
}: Pick<Timeline, 'update' | 'end'> & { readonly note: Note }): Timeline {
  let isTold = false;
  return {
    update(job) {
      update(job);
      isTold = false;
    },
    end,
    trouble(error) {
      if (!isTold) note(`${plain(error.message)}; trying again`);
      isTold = true;
    },
    stop() {},
  };
}
