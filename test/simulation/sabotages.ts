/** A way to break the product: a patch to one of its sources that the simulation has to notice. */
export interface Sabotage {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Within so many runs it has to be noticed. @default 30 */
  readonly runs?: number;
  /** The invariants one of which has to break. */
  readonly breaks: readonly string[];
}

/** What must not go unnoticed. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'takes it for their end when all runs are missing at once',
    file: 'functions/core/sweeps/faults.ts',
    from: "if (sweep.missing >= 2) return 'UpstreamFault';",
    to: "if (sweep.missing >= 2) return 'Believe';",
    runs: 300,
    breaks: ['every end is the right one'],
  },
  {
    name: 'forgets that it published',
    file: 'functions/core/alerts/alert.ts',
    from: '...(Object.keys(left).length > 0 && { owed: left }),',
    to: '...(job.owed && { owed: job.owed }),',
    breaks: [
      'in the end every job has ended and owes nothing',
      'a check without news writes nothing',
    ],
  },
  {
    name: 'publishes before it records',
    file: 'functions/monitor/checks/record.ts',
    from: 'return (await jobs.update(job, next, signal)) ? next : undefined;',
    to: 'await outbox.publishOwed(next); return (await jobs.update(job, next, signal)) ? next : undefined;',
    breaks: ['no alert goes out without its transition on record'],
  },
  {
    name: 'writes without a condition',
    file: 'functions/adapters/dynamodb/job-item.ts',
    from: "ConditionExpression: '#version = :before',",
    to: "ConditionExpression: '',",
    breaks: [
      'each version of a job builds on the one before it',
      'a terminal state changes only by registering the job again',
    ],
  },
  {
    name: 'saves its place past keys that are not done',
    file: 'functions/monitor/checks/cursor.ts',
    from: 'const last = keys[count - 1];',
    to: 'const last = keys.at(-1);',
    runs: 150,
    breaks: ['a pass misses nobody', 'no check is told of that was not made'],
  },
  {
    name: 'ignores the lease',
    file: 'functions/monitor/lease.ts',
    from: 'if (isLeased(found, now)) return undefined;',
    to: 'isLeased(found, now);',
    breaks: ['no sweep takes a lease that another holds'],
  },
  {
    name: 'ignores retry-after',
    file: 'functions/monitor/upstream/circuit-breaker.ts',
    from: "await pauseFor({ until: retryAt, reason: 'RateLimited',",
    to: "await pauseFor({ until: time.now() + 0 * retryAt, reason: 'RateLimited',",
    breaks: ['no request leaves before upstream wants it after a 429'],
  },
  {
    name: 'asks on after a 429',
    file: 'functions/monitor/upstream/circuit-breaker.ts',
    from: 'isOpen = true;\n      report.rateLimited += 1;',
    to: 'report.rateLimited += 1;',
    breaks: ['no request leaves before upstream wants it after a 429'],
  },
  {
    name: 'takes every second limit of a run for its own',
    file: 'functions/monitor/checks/answers.ts',
    from: 'job.limitedAt !== undefined && answeredAt > job.limitedAt;',
    to: 'job.limitedAt !== undefined && answeredAt >= 0;',
    runs: 300,
    breaks: ['no request leaves before upstream wants it after a 429'],
  },
  {
    name: 'asks about a run before it wants to be asked about',
    file: 'functions/core/sweeps/schedule.ts',
    from: 'if (now < (job.notBefore ?? 0)) return',
    to: 'if (now < 0 * (job.notBefore ?? 0)) return',
    runs: 100,
    breaks: ['no run is asked about before it wants to be'],
  },
  {
    name: 'begins a pass again at the run that is limited',
    file: 'functions/monitor/checks/answers.ts',
    from: "await recorder.record(job, { kind: 'Limited', isAlone, retryAt });",
    to: "if (isAlone) await recorder.record(job, { kind: 'Limited', isAlone, retryAt });",
    runs: 300,
    breaks: [
      'no healthy job waits longer for sick ones than is promised',
      'once faults cease, no job starves',
    ],
  },
  {
    name: 'forgets from sweep to sweep since when upstream gives no answer',
    file: 'functions/monitor/upstream/contact.ts',
    from: 'let current = found;',
    to: "let current = omit(found, 'failingSince');",
    runs: 100,
    breaks: ['every outage of 6 min or more is told'],
  },
  {
    name: 'makes minutes of the seconds of a pause',
    file: 'functions/core/sweeps/checkpoint.ts',
    from: 'Math.min(MINUTE, Math.max(0, now - lastAwake))',
    to: 'MINUTE',
    runs: 100,
    breaks: ['the awake clock does not run ahead of time'],
  },
  {
    name: 'takes one 404 for the end',
    file: 'functions/core/jobs/decide.ts',
    from: 'if (missing.count >= MISSING_CHECKS && lasted >= limit) {',
    to: 'if (missing.count >= 1 || lasted >= limit) {',
    breaks: ['every end is the right one'],
  },
  {
    name: 'starts versions anew when a job is reopened',
    file: 'functions/core/jobs/apply.ts',
    from: "'cancelledBy'), ...registration },",
    to: "'cancelledBy'), ...registration, version: 0 },",
    breaks: [
      'each version of a job builds on the one before it',
      'no alert id is used for two ends',
    ],
  },
  {
    name: 'stops watching a job before its alert is out',
    file: 'functions/core/jobs/job.ts',
    from: "return owedAlerts(job).length > 0 ? 'alert' : undefined;",
    to: 'return undefined;',
    breaks: [
      'every end is alerted at least once',
      'in the end every job has ended and owes nothing',
    ],
  },
  {
    name: 'ends without waiting for its checks',
    file: 'functions/monitor/checks/pass.ts',
    from: 'await pMap(due, checkJob,',
    to: 'void pMap(due, checkJob,',
    breaks: ['a sweep leaves nothing behind that is under way'],
  },
  {
    name: 'asks while requests are paused',
    file: 'functions/monitor/upstream/circuit-breaker.ts',
    from: 'if (!pause || pause.until <= context.time.now()) return undefined;',
    to: 'if (!pause || pause.until > 0) return undefined;',
    breaks: ['no request leaves while a pause is on record'],
  },
  {
    name: 'reads logs whether requests may leave or not',
    file: 'functions/monitor/alerts/read-logs.ts',
    from: 'if (upstream.blocked) throw new NoPage(WHY_BLOCKED[upstream.blocked]);',
    to: '',
    breaks: [
      'no request leaves while a pause is on record',
      'no request leaves before upstream wants it after a 429',
      'no sweep makes more requests than its budget',
      'all sweeps together keep the rate',
    ],
  },
  {
    name: 'forgets what the logs say',
    file: 'functions/core/alerts/alert.ts',
    from: '...(logs && lacksLogs(job) && { logs }),',
    to: '',
    breaks: ['an end that calls for logs is told with what came of reading them'],
  },
  {
    name: 'has no budget',
    file: 'functions/monitor/upstream/upstream.ts',
    from: "if (left < 1) return 'BudgetSpent';",
    to: '',
    breaks: ['no sweep makes more requests than its budget', 'all sweeps together keep the rate'],
  },
  {
    name: 'takes a job for checked before its answer is there',
    file: 'functions/monitor/checks/pass.ts',
    from: 'await answers.take(job, await check(job.jobId));',
    to: 'for (const { cursor } of parts) cursor.done(job.jobId); await answers.take(job, await check(job.jobId));',
    breaks: ['a pass misses nobody'],
  },
  {
    name: 'takes an empty page for the last one',
    file: 'functions/monitor/checks/cursor.ts',
    from: 'last = read.last;',
    to: 'last = read.items.length > 0 ? read.last : undefined;',
    breaks: ['a pass misses nobody'],
  },
  {
    name: 'counts the time twice in which a sweep died',
    file: 'functions/core/sweeps/checkpoint.ts',
    from: 'const lastAwake = Math.max(lastSweepAt, (leaseUntil ?? 0) - LEASE);',
    to: 'const lastAwake = lastSweepAt;',
    breaks: ['the awake clock does not run ahead of time'],
  },
  {
    name: 'gives up at the first check past its time that goes wrong',
    file: 'functions/core/jobs/decide.ts',
    from: 'clock.awake - overdueSince >= OVERDUE',
    to: 'clock.awake - overdueSince >= 0',
    breaks: ['every end is the right one'],
  },
  {
    name: 'takes a word that it does not know for the end',
    file: 'functions/core/jobs/states.ts',
    from: 'return ENDED_UPSTREAM.has(state) || ENDED_BY_MONITOR.has(state);',
    to: "return ENDED_UPSTREAM.has(state) || ENDED_BY_MONITOR.has(state) || state === 'Archiving';",
    breaks: ['every end is the right one'],
  },
  {
    name: 'lets the record of a job expire that is watched again',
    file: 'functions/adapters/dynamodb/job-item.ts',
    from: '...derived].filter(',
    to: "'watch'].filter(",
    runs: 100,
    breaks: ['no job goes off the record before its time'],
  },
  {
    name: 'answers a caller whose job is not on record',
    file: 'functions/api/use-cases/register-jobs.ts',
    from: "if (await jobs.add(job)) return { job, outcome: 'Registered' };",
    to: "void jobs.add(job).catch(() => false); if (job) return { job, outcome: 'Registered' };",
    breaks: ['what a caller was told is on record'],
  },
  {
    name: 'answers a caller who comes too late to cancel that it is done',
    file: 'functions/api/use-cases/jobs.ts',
    from: ': undefined;\n  });',
    to: ": { job: cancelled, outcome: 'Cancelled' };\n  });",
    runs: 300,
    breaks: ['what a caller was told is on record'],
  },
  {
    name: 'never comes to the jobs that it skips',
    file: 'functions/core/sweeps/schedule.ts',
    from: 'const isTurn = (pass + phaseOf(job.jobId)) % (intervals[age] ?? 1) === 0;',
    to: 'const isTurn = pass >= 0 && phaseOf(job.jobId) >= 0 && intervals[age] === 1;',
    runs: 300,
    breaks: [
      'a pass misses nobody',
      'no check is told of that was not made',
      'once faults cease, no job starves',
    ],
  },
  {
    name: 'tells of checks in passes that skipped the job',
    file: 'functions/api/use-cases/jobs.ts',
    from: '(!hasSkipped(answers) || hasTurn(job.jobId, pass));',
    to: '(!hasSkipped(answers) || pass >= 0);',
    runs: 300,
    breaks: ['no check is told of that was not made'],
  },
  {
    name: 'asks about a job twice when it goes on with the next pass',
    file: 'functions/monitor/checks/pass.ts',
    from: 'next = begin(passed, found.after);',
    to: 'next = begin(passed);',
    breaks: ['no sweep checks a job twice'],
  },
];
