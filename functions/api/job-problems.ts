import { HttpProblem } from './problem.ts';

/** There is no such job on record. */
export class JobNotFound extends HttpProblem {
  override readonly name = 'JobNotFound';

  constructor(jobId: string) {
    super(404, `No job ${jobId} is on record. Register it with POST /jobs.`);
  }
}

/** There was no time left to look at a job of a batch. */
export class JobNotReached extends HttpProblem {
  override readonly name = 'JobNotReached';

  constructor() {
    super(503, 'There was no time left for this job. Send it again.');
  }
}
