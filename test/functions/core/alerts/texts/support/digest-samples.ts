import { type Digest, digestCounts } from '../../../../../../functions/core/alerts/digest.ts';
import { type Job, watchedJob } from '../../../../../../functions/core/jobs/job.ts';
import { newJob } from '../../../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../../../../../functions/core/time.ts';

/** 2026-11-29T05:00:00Z, seven in the morning in Vilnius. */
const TO = Date.UTC(2026, 10, 29, 5);

/** A job that ended, or is still pending. */
export function job(n: number, facts: Partial<Job>): Job {
  const registered = newJob({
    jobId: `40f71ed2-31a3-45d3-bce0-${String(n).padStart(12, '0')}`,
    registeredAt: TO - 5 * HOUR,
    registeredBy: 'pipeline',
    timeoutAt: TO + DAY,
  });
  return { ...registered, ...facts };
}

/** A digest of these jobs. */
export function digestOf(jobs: readonly Job[], facts: Partial<Digest> = {}): Digest {
  const all = digestCounts();
  for (const each of jobs) {
    if (each.endedAt === undefined) all.addPending(watchedJob(each));
    else all.addEnded(each);
  }
  return {
    id: 'digest/2026-11-29',
    from: TO - DAY,
    to: TO,
    timeZone: 'Europe/Vilnius',
    madeAt: TO + 5 * MINUTE,
    isPartial: false,
    pendingIsPartial: false,
    hiding: [],
    ...all.counts(),
    failures: all.failures().flatMap((id) => jobs.find(({ jobId }) => jobId === id) ?? []),
    ...facts,
  };
}

/** So many jobs that ended alike. */
export function ended(count: number, from: number, facts: Partial<Job>): Job[] {
  const endedAt = TO - HOUR;
  return Array.from({ length: count }, (_, n) =>
    job(from + n, { state: 'Succeeded', endedAt, ...facts }),
  );
}

const LATE = { state: 'Running', remindedAt: TO - HOUR } as const;

/** Digests as people get them, by what is special about them. */
export const DIGEST_SAMPLES: Readonly<Record<string, Digest>> = {
  'a night': digestOf(
    [
      ...ended(55, 100, { label: 'Tower B, nightly' }),
      ...ended(2, 200, { label: 'Harbour terminal', containsIssues: true }),
      ...ended(1, 300, {
        ...{ label: 'Tower C, nightly', state: 'TimedOut' },
        reason: 'The watch ran out of time after 24 h; the run was Running then.',
      }),
      ...ended(1, 301, {
        ...{ label: 'Bridge over the Neris', state: 'Failed' },
        reason: "Mapping 'Structure' could not be extracted: 1 of its groups has an invalid query.",
      }),
      ...ended(1, 302, { state: 'Failed', iModelName: 'Hospital', reason: 'No such mapping.' }),
      job(1, { ...LATE, label: 'Stadium' }),
      job(2, { state: 'Queued', label: 'Metro' }),
    ],
    { pageUrl: 'https://monitor.example.com/' },
  ),
  'nothing ended': digestOf([]),
  'nothing was seen': digestOf([job(1, LATE)], {
    hiding: [{ since: TO - 13 * HOUR, seenAt: TO, cause: 'CredentialsRefused', isTold: true }],
  }),
  'all went well': digestOf(ended(1, 100, { label: 'Tower B, nightly' })),
  'ten thousand failed': digestOf(
    [
      ...ended(10_000, 1_000, {
        state: 'Failed',
        label: 'Every tower of the whole city, in one long label, nightly and at noon',
        reason: 'The model could not be opened. '.repeat(30),
      }),
      ...Array.from({ length: 2_000 }, (_, n) => job(20_000 + n, { ...LATE, label: `Tower ${n}` })),
    ],
    { pendingIsPartial: true },
  ),
  'more than is counted': digestOf(ended(50_000, 100, {}), { isPartial: true }),
};
