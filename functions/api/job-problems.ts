import { HttpProblem } from './problem.ts';

/** There is no such job on record. */
export class JobNotFound extends HttpProblem {
  override readonly name = 'JobNotFound';

  constructor(jobId: string) {
    super(404, `No job ${jobId} is on record. Register it with POST /jobs.`);
  }
}

/** Others wrote a job again and again while it was to be written here. */
export class JobContended extends HttpProblem {
  override readonly name = 'JobContended';

  constructor(jobId: string) {
    super(409, `Others are changing job ${jobId} at the same time. Try again.`);
  }
}
