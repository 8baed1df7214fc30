import { toldEnd } from '../../../functions/adapters/dynamodb/jobs-table.ts';
import type { Job } from '../../../functions/core/jobs/job.ts';
import type { StatisticsStore } from '../../../functions/core/ports.ts';
import type { MonthFigures } from '../../../functions/core/statistics/months.ts';
import { isoTime } from '../../../functions/core/time.ts';
import type { Caller } from '../caller.ts';
import { copyOf } from './copy-of.ts';
import type { JobsTable } from './jobs-table.ts';

/** The figures of months, by month. */
export type KeptMonths = Map<string, MonthFigures>;

/** The ended runs and the figures of months as one invocation reaches them. The index does not lag. */
export function statisticsStoreOf(
  { all }: Pick<JobsTable, 'all'>,
  months: KeptMonths,
  call: Caller,
  onKept?: (figures: MonthFigures) => void,
): StatisticsStore {
  return {
    endedPage: ({ from, before }, after, limit = 1_000, signal) =>
      call({
        what: 'read ended jobs',
        to: 'tables',
        signal,
        effect() {
          const least = after === undefined ? isoTime(from) : `${after} `;
          const ended = [...all()]
            .map((job) => ({ job, key: keyOf(job) }))
            .filter(({ key }) => key >= least && key < isoTime(before))
            .sort((one, other) => (one.key < other.key ? -1 : 1));
          const page = ended.slice(0, limit);
          const last = ended.length > limit ? page.at(-1)?.key : undefined;
          return {
            items: page.map(({ job }) => copyOf(job)),
            ...(last !== undefined && { last }),
          };
        },
      }),
    month: (month, signal) =>
      call({
        what: `read the figures of ${month}`,
        to: 'tables',
        signal,
        effect: () => copyOf(months.get(month)),
      }),
    keep: (figures, signal) =>
      call({
        what: `keep the figures of ${figures.month}`,
        to: 'tables',
        signal,
        effect() {
          if ((months.get(figures.month)?.version ?? 0) !== figures.version - 1) return false;
          months.set(figures.month, copyOf(figures));
          onKept?.(figures);
          return true;
        },
        ifRepeated: false,
      }),
  };
}

/** The key of an ended job in the index by time of end; `~` of one that is not in it. */
function keyOf(job: Job): string {
  const endedAt = toldEnd(job);
  return endedAt === undefined ? '~' : `${isoTime(endedAt)}#${job.jobId}`;
}
