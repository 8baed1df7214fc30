/** What comes in pages: the log of a run, and the runs of an iModel. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type JobKind, type KindList, type KindLogs, type Run, statusPath } from './kinds.ts';
import { changed, json, type Reply } from './replies.ts';
import {
  changes,
  delay,
  type LogEntry,
  type Misbehaviour,
  misbehaviourSchema,
  type StatusAnswer,
  type StrangePages,
  spanFields,
} from './script.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 1000;
const SIMULATED_IMODEL_ID = '5e19bee0-8aea-4355-a5c7-f6cb28f5a1c7';

const states = z.record(z.string(), z.string());

const listSchema = z.strictObject({
  kind: z.literal('list').optional(),
  ...delay,
  order: z.union([z.enum(['newestFirst', 'oldestFirst']), z.int()]).optional(),
  pageSizes: z.array(z.int().nonnegative()).min(1).optional(),
  hidden: z.array(z.string()).optional(),
  states: states.optional(),
  repeated: states.optional(),
  endsAfter: z.int().nonnegative().optional(),
  lastLink: z
    .union([z.enum(['first', 'endless']), z.strictObject({ href: z.string() })])
    .optional(),
  fails: z.strictObject({ page: z.int().positive(), answer: misbehaviourSchema }).optional(),
  ...changes,
});

/** How a list answers for a while; see {@link ListStep}. */
export const listStepSchema = z.strictObject({
  answer: z.discriminatedUnion('kind', [listSchema, misbehaviourSchema]),
  ...spanFields,
});

/**
 * How the list of an iModel's runs is answered: as badly as anything, or as a list, which is
 *
 * - in an `order`: newest first unless told otherwise; a number shuffles it, always alike
 * - in pages of `pageSizes`, of which the last is repeated, and never above `$top`
 * - without the runs `hidden`; with an old word for those of `states`, by job id; and with those of
 *   `repeated` a second time at its end, with the word given
 * - cut off after `endsAfter` items, without a link to the rest
 * - followed, after its last page, by a link to the first, to the same page for ever, or to `href`
 * - failing (`fails`) on one page, the first being 1
 * - with changes to each item
 */
export type ListAnswer = Listing | Misbehaviour;

type Listing = Readonly<z.infer<typeof listSchema>>;

/** One part of a list's life; it ends as the step of a run does, by the clock or by requests. */
export type ListStep = Readonly<z.infer<typeof listStepSchema>>;

/** The runs of an iModel as they are at the moment, in the order they began. */
export type RunList = {
  readonly form: KindList;
  readonly iModelId: string;
  readonly answer: Listing;
  readonly runs: readonly { readonly run: Run; readonly state: string }[];
};

/** The log of one run, as the step that is due tells it. */
export type RunLog = {
  readonly kind: JobKind;
  readonly form: KindLogs;
  readonly run: Run;
  readonly answer: StatusAnswer;
  readonly logs: readonly LogEntry[] | StrangePages;
  /** When the step began, ms since the epoch: the time of entries that name none. */
  readonly since: number;
};

/**
 * One page of a run's log, or undefined when `$top` is not 1 to 1000 or `$continuationToken` is
 * not one of ours.
 */
export function logsPage(log: RunLog, query: URLSearchParams, origin: string): Reply | undefined {
  const top = Number(query.get('$top') ?? DEFAULT_TOP);
  const start = Number(query.get('$continuationToken') ?? 0);
  if (!isWholeBetween(top, 1, MAX_TOP) || !isWholeBetween(start, 0, lastStart(log))) {
    return undefined;
  }
  const hrefOf = (from: number) =>
    `${origin}${pathOf(log)}?$top=${top}${from > 0 ? `&$continuationToken=${from}` : ''}`;
  const { entries, next } = entriesFrom(log, start, top);
  const href = typeof next === 'number' ? hrefOf(next) : next;
  return json(200, {
    logs: entries.map((entry) => completed(entry, log)),
    _links: { ...(href !== undefined && { next: { href } }), self: { href: hrefOf(start) } },
  });
}

function pathOf({ kind, form, run: { jobId }, logs }: RunLog): string {
  const links = ('links' in logs && logs.links) || form.links;
  return links === 'plain'
    ? `${statusPath(kind, { jobId })}/logs`
    : `${statusPath(kind, { jobId: jobId.toUpperCase() })}/logs/`;
}

/** The entries of a page, and where the next one begins, or what the link to it says. */
function entriesFrom({ form, logs }: RunLog, start: number, top: number) {
  const end = start + top;
  if (!('kind' in logs)) {
    const all = form.newestFirst ? logs.toReversed() : logs;
    return { entries: all.slice(start, end), next: end < all.length ? end : undefined };
  }
  switch (logs.kind) {
    case 'pagedLogs': {
      const next = start + 1 < logs.pages.length ? start + 1 : undefined;
      return { entries: logs.pages[start] ?? [], next };
    }
    case 'endlessLogs':
      return { entries: logs.logs, next: end };
    case 'strayLogs':
      return { entries: logs.logs, next: logs.next };
  }
}

function lastStart({ logs }: RunLog): number {
  if (!('kind' in logs)) return logs.length;
  return logs.kind === 'pagedLogs' ? logs.pages.length - 1 : Number.POSITIVE_INFINITY;
}

function completed(entry: LogEntry, { form, run, answer, since }: RunLog): object {
  const { state, reason = null, containsIssues = false } = answer;
  const { iModelId: contextId = SIMULATED_IMODEL_ID } = run;
  const dateTime = form.date(since);
  const basis = { state, reason, dateTime, contextType: 'IModel', contextId, containsIssues };
  return form.entry(entry, basis, run);
}

/**
 * One page of the list of an iModel's runs, or how it fails; undefined when `$top` is not 1 to 1000
 * or `$continuationToken` is not one of ours.
 */
export function listPage(
  list: RunList,
  query: URLSearchParams,
  origin: string,
): Reply | Misbehaviour | undefined {
  const { answer } = list;
  const top = Number(query.get('$top') ?? DEFAULT_TOP);
  const [start, page] = startOf(query.get('$continuationToken') ?? '0.1');
  const items = itemsOf(list, answer, origin);
  if (!isWholeBetween(top, 1, MAX_TOP) || start === undefined || page === undefined) {
    return undefined;
  }
  if (answer.fails?.page === page) return answer.fails.answer;
  const { pageSizes = [top] } = answer;
  const end = start + Math.min(top, pageSizes[page - 1] ?? pageSizes.at(-1) ?? top);
  const hrefOf = (token: string) => {
    const link = `${origin}${list.form.link(list.iModelId)}$top=${top}`;
    return token === '0.1' ? link : `${link}&$continuationToken=${token}`;
  };
  const next =
    end < items.length ? hrefOf(`${end}.${page + 1}`) : afterLast(answer, start, page, hrefOf);
  return json(200, {
    extractions: items.slice(start, end),
    _links: {
      ...(next !== undefined && { next: { href: next } }),
      self: { href: hrefOf(`${start}.${page}`) },
    },
  });
}

/** Whether a list is answered by no list at all. */
export function isMisbehaviour(answer: ListAnswer): answer is Misbehaviour {
  return answer.kind !== undefined && answer.kind !== 'list';
}

/** A token says where its page begins, and which page it is. */
function startOf(token: string): readonly (number | undefined)[] {
  return /^(\d{1,9})\.([1-9]\d{0,8})$/.exec(token)?.slice(1).map(Number) ?? [];
}

function itemsOf({ form, runs }: RunList, answer: Listing, origin: string): object[] {
  const { hidden = [], states = {}, repeated = {}, endsAfter } = answer;
  const shown = ordered(
    runs.filter(({ run }) => !hidden.includes(run.jobId)),
    answer.order,
  ).map(({ run, state }) => ({ run, state: states[run.jobId] ?? state }));
  const again = shown.flatMap(({ run }) => {
    const state = repeated[run.jobId];
    return state === undefined ? [] : [{ run, state }];
  });
  return [...shown, ...again]
    .slice(0, endsAfter)
    .map(({ run, state }) => changed(form.item(run, state, origin), answer));
}

function ordered(runs: RunList['runs'], order: Listing['order'] = 'newestFirst'): RunList['runs'] {
  if (order === 'oldestFirst') return runs;
  if (order === 'newestFirst') return runs.toReversed();
  const key = (jobId: string) => createHash('sha256').update(`${order} ${jobId}`).digest('hex');
  return runs
    .map((listed) => ({ listed, at: key(listed.run.jobId) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .map(({ listed }) => listed);
}

function afterLast(
  { lastLink }: Listing,
  start: number,
  page: number,
  hrefOf: (token: string) => string,
): string | undefined {
  switch (lastLink) {
    case undefined:
      return undefined;
    case 'first':
      return hrefOf('0.1');
    case 'endless':
      return hrefOf(`${start}.${page + 1}`);
    default:
      return lastLink.href;
  }
}

function isWholeBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
