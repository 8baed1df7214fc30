import { describe, expect, it } from 'vitest';
import { withoutOldWord } from '../../../../functions/core/jobs/decide.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { State } from '../../../../functions/core/jobs/states.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import { HOUR } from '../../../../functions/core/time.ts';

describe('what a list says of a job', () => {
  const pending = (state: State, ...had: State[]): Job => ({
    ...newJob({ jobId: 'a-run', registeredAt: 0, registeredBy: 'test', timeoutAt: HOUR }),
    state,
    transitions: had.map((to, version) => ({ from: 'Registered', to, at: 0, version })),
  });

  it.each<[boolean, string, State, Job]>([
    [true, 'first word', 'Queued', pending('Registered')],
    [true, 'same word', 'Running', pending('Running', 'Running')],
    [true, 'later word', 'Running', pending('Queued', 'Queued')],
    [true, 'word that is not known', 'Archiving', pending('Running', 'Running')],
    [true, 'known word after one that is not', 'Running', pending('Archiving', 'Archiving')],
    [false, 'word it had before', 'Archiving', pending('Running', 'Archiving', 'Running')],
    [
      false,
      'word that it had none of, from before its own',
      'Queued',
      pending('Running', 'Running'),
    ],
    [
      true,
      'word of before, since it is watched again',
      'Queued',
      pending('Registered', 'Queued', 'Running', 'Cancelled', 'Registered'),
    ],
    [true, 'end', 'Failed', pending('Running', 'Running')],
  ])('(%s) is news by a %s', (isNews, _, state, job) => {
    const seen = { kind: 'Status', state, isListed: true } as const;
    expect(withoutOldWord(job, seen)).toEqual(isNews ? seen : { kind: 'Pending' });
    // By its id, a run may go back: upstream says so itself.
    const { isListed, ...byId } = seen;
    expect(withoutOldWord(job, byId)).toEqual(byId);
  });
});
