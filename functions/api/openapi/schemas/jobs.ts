import * as z from 'zod/mini';
import { KIND_NAMES } from '../../../core/kinds/kinds.ts';
import { WATCH_FIELDS } from '../../use-cases/register-jobs.ts';
import { described } from './common.ts';

const count = () => z.int().check(z.gte(0));
const time = () => z.iso.datetime();
const state = () =>
  described(
    z.string(),
    "A word of upstream's, or one of the monitor's own; upstream may add words.",
  );

const missing = z.object({
  since: described(time(), 'When upstream first gave such an answer.'),
  count: described(count(), 'How many such answers there were in a row; counted up to 3.'),
  status: described(
    z.nullable(z.literal([403, 404])),
    'The last such answer; null when it is not on record.',
  ),
});

const usualLength = z.object({
  runs: described(count(), 'Of so many runs; those of long ago count less.'),
  p50Seconds: described(z.number(), 'Half of them took no longer. Within 14 %.'),
  p90Seconds: described(z.number(), '9 of 10 took no longer. Within 14 %.'),
});

const lastError = z.object({
  name: z.enum([
    'ServerError',
    'Timeout',
    'ConnectionFailed',
    'UnexpectedResponse',
    'UnexpectedStatus',
    'Unauthorized',
    'RateLimited',
    'UpstreamFault',
  ]),
  message: described(z.string(), 'What went wrong, for a person.'),
  at: time(),
});

const summary = {
  jobId: described(z.string(), "Upstream's id of the run; a UUID is in lower case."),
  kind: described(z.enum(KIND_NAMES), 'Which sort of upstream job it is.'),
  connectionId: described(
    z.nullable(z.string()),
    'Of a synchronization: the connection that it is a run of; else null.',
  ),
  connectionType: described(
    z.nullable(z.string()),
    'Where that connection has its files from: `storage` or `manifest`.',
  ),
  iModelId: described(
    z.nullable(z.guid()),
    'The iModel that the run belongs to; null when that is not known.',
  ),
  iModelName: described(
    z.nullable(z.string()),
    'What that was called when somebody was told of the run; null before, or when it could not be asked.',
  ),
  label: described(z.nullable(z.string()), 'What the caller calls the run.'),
  state: described(state(), 'Where the job stands.'),
  reason: described(
    z.nullable(z.string()),
    'Why it stands there, as upstream or the monitor says.',
  ),
  containsIssues: described(
    z.nullable(z.boolean()),
    'Whether the run met with issues, as upstream or else the logs say; null when neither has.',
  ),
  logsUrl: described(
    z.nullable(z.url()),
    'Where upstream keeps the logs of the run. It asks for a bearer token.',
  ),
  startedAt: described(
    z.nullable(time()),
    'When upstream says that the run began; null when it has not said.',
  ),
  runningAt: described(
    z.nullable(time()),
    'When the run was first seen `Running`; null when none of its first five changes of state says so.',
  ),
  registeredAt: time(),
  registeredBy: described(
    z.string(),
    'Who registered the job: the ARN of an IAM identity; the subject of a token, or its client where it ' +
      'names none; `watch of iModel` and its id, where the list of a watched iModel has shown the run; ' +
      'in a local run `local`.',
  ),
  cancelledBy: described(z.nullable(z.string()), 'Who cancelled the job, told in the same way.'),
  timeoutAt: described(time(), 'When the watch gives up on a run that has not ended.'),
  remindAt: described(
    z.nullable(time()),
    'When a reminder is due, as asked for or since the run is unusually long by then; null when none is, or it is past.',
  ),
  remindedAt: described(z.nullable(time()), 'When the reminder became due.'),
  endedAt: described(z.nullable(time()), 'When the job came to a terminal state.'),
  usualLength: described(
    z.nullable(usualLength),
    'How long such runs take: of the same kind and iModel, else of the same kind and label, from when they ' +
      'began, as upstream says, or else were first seen. As known when the run was first seen, or ended; ' +
      'null while fewer than 10 are known.',
  ),
  probablyUntil: described(
    z.nullable(time()),
    'Of a pending job: when 9 of 10 such runs have ended that began with it; may be past. Else null.',
  ),
  unusual: described(
    z.nullable(z.enum(['Long', 'Short'])),
    'Whether the run was found to be unusually long, and somebody told, or succeeded unusually soon.',
  ),
  missing: described(
    z.nullable(missing),
    'Present while upstream answers 404 or 403 for a pending job.',
  ),
  failedChecks: described(count(), 'Checks that went wrong since the last one that went right.'),
  lastError: described(z.nullable(lastError), 'How the last of the failed checks went wrong.'),
  version: described(z.int().check(z.gte(1)), 'Rises with every write of the job.'),
};

const transition = z.object({
  from: state(),
  to: state(),
  at: time(),
  reason: z.nullable(z.string()),
});

const logs = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('Digest'),
    entries: described(count(), 'How many entries were read.'),
    isPartial: described(z.boolean(), 'Whether there are, or may be, more entries.'),
    counts: z.array(z.object({ level: z.string(), category: z.string(), count: count() })),
    messages: z.array(z.object({ level: z.string(), category: z.string(), message: z.string() })),
  }),
  z.object({ kind: z.literal('Unread'), reason: z.string() }),
]);

/** What a repeated registration asks for in vain. */
export const ignored = described(
  z.array(z.enum(WATCH_FIELDS)),
  'Fields of the request that differ from what is on record of a known job, which stays as it is.',
);

const alertId = described(z.string(), "Unlike every other alert's; a repeated alert has the same.");

/** A job with its history, as callers get to see it. */
export const jobSchema = z
  .object({
    ...summary,
    endedBeforeFirstSeen: described(
      z.boolean(),
      'Whether the run had ended when it was first seen: the end was before `endedAt`, by how much ' +
        'is not known.',
    ),
    transitions: described(z.array(transition), 'Every change of state, oldest first.'),
    transitionsDropped: described(
      count(),
      'How many transitions were left out: of more than 100 the first 10 and the last are kept, 99 in all.',
    ),
    logs: described(
      z.nullable(logs),
      'What the logs say of a run that failed or met with issues, in short.',
    ),
    isTest: described(z.boolean(), 'Made up by POST /alerts/test.'),
    alert: described(
      z.nullable(
        z.object({
          id: alertId,
          status: z.enum(['Owed', 'Sent']),
          sentAt: z.nullable(time()),
        }),
      ),
      "The alert for the job's end; null while there is no end, or none that owes one.",
    ),
    alerts: described(
      z.array(z.object({ id: alertId, kind: z.enum(['Ended', 'StillRunning']), at: time() })),
      'The alerts that were published, the last 20, oldest first.',
    ),
    lastCheckedAt: described(
      z.optional(z.nullable(time())),
      'When a pending job was last checked, at the earliest. Told by GET /jobs/{jobId} alone; ' +
        'null when no pass has come by yet, and for terminal jobs. Outside the entity tag.',
    ),
    ignored: described(
      z.optional(ignored),
      'Told by POST /jobs alone: `PATCH` changes them, but for `unusuallyLong`, whose reminder it takes away.',
    ),
  })
  .check(z.meta({ id: 'Job', description: 'One extraction run under watch.' }));

/** A job as lists and batches tell it: without its history, logs and alerts. */
export const jobSummarySchema = z
  .object(summary)
  .check(z.meta({ id: 'JobSummary', description: 'A job without its history, logs and alerts.' }));

/** One page of a list of jobs. */
export const jobListSchema = z
  .object({
    jobs: z.array(jobSummarySchema),
    cursor: described(
      z.nullable(z.string()),
      'Asks for the next page, as the parameter `cursor`; null when there is none.',
    ),
  })
  .check(z.meta({ id: 'JobList', description: 'Jobs, newest first.' }));

/** What callers get to see of a job. */
export type JobView = z.output<typeof jobSchema>;

/** What they get to see of it in a list. */
export type JobSummary = z.output<typeof jobSummarySchema>;

/** A list of jobs as they get to see it. */
export type JobList = z.output<typeof jobListSchema>;
