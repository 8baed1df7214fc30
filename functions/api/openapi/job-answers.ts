import { jobPathSchema } from '../job-id.ts';
import { JobNotFound } from '../job-problems.ts';
import { problemOf } from '../problem.ts';
import { Contended } from '../until-written.ts';
import { validParameters } from '../validate.ts';
import { problems, refusal } from './content.ts';
import { documentedParameters } from './documented.ts';
import { JOB_ID } from './examples.ts';

/** The parameters in the path of what is asked of one job. */
export const jobPath = documentedParameters(jobPathSchema, {
  jobId: 'The job id: a UUID in upper or lower case.',
});

/** What may be answered to whatever is asked of one job. */
export const jobAnswers = {
  400: {
    id: 'NoJobId',
    description: 'The job id is no UUID.',
    content: problems({
      noUuid: refusal(() => validParameters(jobPathSchema, { jobId: 'run-7' })),
    }),
  },
  404: {
    id: 'JobNotFound',
    description: 'There is no such job on record.',
    content: problems({ unknown: problemOf(new JobNotFound(JOB_ID)) }),
  },
};

/** What may be answered when a job is to be written. */
export const writeAnswers = {
  409: {
    id: 'JobContended',
    description: 'Others are changing the job at the same time. Try again.',
    content: problems({ contended: problemOf(new Contended(`job ${JOB_ID}`)) }),
  },
};
