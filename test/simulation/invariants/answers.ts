import type { Answer } from '../../../functions/core/jobs/observation.ts';
import type { Invocation } from '../invocation.ts';
import type { HappeningOf } from './invariant.ts';

/** What each sweep was told last about each job. */
export interface LastAnswers {
  note(answered: HappeningOf<'Answered'>): void;
  /** Undefined when it never asked, or its request ended in an error. */
  of(by: Invocation, jobId: string): Answer | undefined;
}

/** No answers yet. */
export function createLastAnswers(): LastAnswers {
  const answers = new Map<Invocation, Map<string, Answer | undefined>>();
  return {
    note({ by, jobId, answer }) {
      const known = answers.get(by);
      if (known) known.set(jobId, answer);
      else answers.set(by, new Map([[jobId, answer]]));
    },
    of: (by, jobId) => answers.get(by)?.get(jobId),
  };
}
