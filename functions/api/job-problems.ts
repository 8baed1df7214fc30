import { HttpProblem } from './problem.ts';

/** There is no such job on record. */
export class JobNotFound extends HttpProblem {
  override readonly name = 'JobNotFound';

  constructor(jobId: string) {
    super(404, `No job ${jobId} is on record. Register it with POST /jobs.`);
  }
}
