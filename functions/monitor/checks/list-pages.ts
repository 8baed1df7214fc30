import { KIND_OF_SOURCE } from '../../core/imodels/found-runs.ts';
import type { IModel } from '../../core/imodels/imodel.ts';
import type { ListLimit } from '../../core/imodels/listing.ts';
import {
  addPage,
  beginReading,
  endAtLimit,
  endOfReading,
  failedBy,
  type ListFailure,
  mayHideMore,
  type Reading,
  type ReadingEnd,
} from '../../core/imodels/reading.ts';
import type { Api } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import type { RunListAnswer } from '../../core/ports.ts';
import { isLimitedAlone } from '../../core/sweeps/faults.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Ask } from './check.ts';

/** The most pages, and the most time (ms), of one listing. */
const PAGES = 10;
const TIME = 10 * SECOND;

type FailedList = ListFailure | { readonly kind: 'NotAsked' };

/** What pages are asked for with. */
interface PageTools {
  readonly upstream: Upstream;
  readonly ask: Ask;
}

/** What came of reading a list. */
interface ListResult {
  readonly reading: Reading;
  /** Absent when not one page could be asked for. */
  readonly end?: ReadingEnd;
  /** The answer that broke it off. */
  readonly failure?: FailedList;
  /** Where that is a limit. */
  readonly limit?: ListLimit;
}

/**
 * Reads the list of an iModel's runs, as far as something new may be in it. Of one that goes on where the
 * last has stopped, the first page as well, if there is a request left: there are the runs that begin
 * meanwhile.
 */
export async function readList(
  context: SweepContext,
  tools: PageTools,
  iModel: IModel,
): Promise<ListResult> {
  const result = await readOn(context, tools, iModel);
  const { failure } = result;
  if (failure?.kind !== 'RateLimited') return result;
  const isAlone = isLimitedAlone(iModel, apiOf(iModel), tools.upstream.contact.current);
  const limitedAt = context.time.now();
  const limit = { limitedAt, ...(isAlone && { notBefore: failure.retryAt }) };
  return { ...result, limit, ...(isAlone && { end: failedBy(failure) }) };
}

async function readOn(
  context: SweepContext,
  tools: PageTools,
  iModel: IModel,
): Promise<ListResult> {
  const isGoingOn = iModel.next !== undefined;
  const result = await readPages(context, tools, iModel, isGoingOn ? PAGES - 1 : PAGES);
  if (!isGoingOn || result.failure || !tools.upstream.take()) return result;
  const first = await askForPage(context, tools, iModel);
  if (first.kind !== 'Page') return { ...result, failure: first };
  const { reading } = result;
  const { runs } = addPage(reading, first);
  // What is behind it this listing has not come by: the next one begins anew.
  return result.end?.kind !== 'Failed' && mayHideMore(iModel, first)
    ? { reading: { ...reading, runs, next: undefined }, end: UNFINISHED }
    : { ...result, reading: { ...reading, runs } };
}

async function readPages(
  context: SweepContext,
  tools: PageTools,
  iModel: IModel,
  most: number,
): Promise<ListResult> {
  const deadline = context.time.now() + TIME;
  let reading = beginReading(iModel);
  let pages = 0;
  for (; pages < most && context.time.now() < deadline; pages += 1) {
    if (pages > 0 && !tools.upstream.take()) break;
    const page = await askForPage(context, tools, iModel, reading.next);
    if (page.kind !== 'Page') return { reading, ...brokenOff(page, pages) };
    const before = reading;
    reading = addPage(before, page);
    const end = endOfReading(iModel, before, reading, context.time.now());
    if (end) return { reading, end };
  }
  return { reading, end: pages === most ? endAtLimit(reading) : UNFINISHED };
}

async function askForPage(
  { runLists, report }: SweepContext,
  { upstream, ask }: PageTools,
  iModel: IModel,
  next?: string,
): Promise<RunListAnswer | FailedList> {
  const page = await ask((token, signal) => runLists.ask(iModel, next, token, signal));
  if (page.kind !== 'Page') return page;
  const api = apiOf(iModel);
  const isAlive = page.runs.some(({ status }) => status);
  upstream.contact.answered(`${api} lists`, isAlive ? api : undefined);
  upstream.breaker.upstreamAnswered();
  report.listings += 1;
  return page;
}

const UNFINISHED: ReadingEnd = { kind: 'Unfinished' };

/** A listing that upstream does not let go on, or that there is no time for, stands as far as it came. */
function brokenOff(failure: FailedList, pages: number): Pick<ListResult, 'end' | 'failure'> {
  if (failure.kind === 'NotAsked' || failure.kind === 'RateLimited') {
    return { failure, ...(pages > 0 && { end: UNFINISHED }) };
  }
  return { failure, end: failedBy(failure) };
}

/** The API whose runs the lists of an iModel show. */
export function apiOf({ source }: Pick<IModel, 'source'>): Api {
  return kindOf({ kind: KIND_OF_SOURCE[source] }).api;
}
