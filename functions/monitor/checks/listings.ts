import { isTokenFault } from '../../core/errors.ts';
import { begunBy, isNew, KIND_OF_SOURCE, type ListedRun } from '../../core/imodels/found-runs.ts';
import {
  type IModel,
  type ListTrouble,
  TROUBLES,
  troubleAt,
  type WatchedIModel,
} from '../../core/imodels/imodel.ts';
import {
  addPage,
  afterListing,
  beginReading,
  endAtLimit,
  endOfReading,
  mayHideMore,
  type Reading,
  type ReadingEnd,
} from '../../core/imodels/listing.ts';
import type { WatchedJob } from '../../core/jobs/job.ts';
import { DEFAULT_KIND, type KindName, kindOf } from '../../core/kinds/kinds.ts';
import type { RunListAnswer } from '../../core/ports.ts';
import { isUnanswered } from '../../core/sweeps/faults.ts';
import { isoTime, SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Ask } from './check.ts';
import type { Recorder } from './record.ts';

/** The lists of watched iModels that one sweep reads. */
export interface Listings {
  /**
   * Lists the runs of an iModel and puts on record what is new in it. Never throws.
   *
   * @returns whether the list was asked for; if not, its turn is still to come
   */
  read(iModel: WatchedIModel): Promise<boolean>;
  /** What the list of its iModel tells of a job, once it was read; undefined: nothing. */
  runOf(job: WatchedJob): Promise<ListedRun | undefined>;
}

/** The most pages, and the most time (ms), of one listing. */
const PAGES = 10;
const TIME = 10 * SECOND;

type FailedList = Exclude<RunListAnswer, { kind: 'Page' }> | { readonly kind: 'NotAsked' };
/** What says nothing of the list: upstream limits our requests, or there is no time left. */
type HeldUp = { readonly kind: 'RateLimited' | 'NotAsked' };

/** What a list has told this sweep: its runs, and of which kind they are. */
interface Listed {
  readonly runs: ReadonlyMap<string, ListedRun>;
  readonly kind?: KindName;
  readonly isAsked: boolean;
}

const NOTHING: Listed = { runs: new Map(), isAsked: true };

/** What listings work with. */
interface ListingTools {
  readonly upstream: Upstream;
  readonly ask: Ask;
  readonly recorder: Recorder;
}

/** The listings of one sweep. */
export function createListings(context: SweepContext, tools: ListingTools): Listings {
  const { iModels, log, report, signal, time } = context;
  const read = new Map<string, Promise<Listed>>();

  function fail(iModelId: string, error: unknown): void {
    if (signal.aborted) return;
    report.errors += 1;
    log.error('The runs of an iModel could not be taken in', { iModelId, error });
  }

  async function list(iModelId: string): Promise<Listed> {
    const found = await iModels.get(iModelId, signal);
    if (!found) return NOTHING;
    const iModel = begunBy(found, time.now());
    const { reading, end, failure } = await readList(context, tools, iModel);
    const { runs } = reading;
    try {
      if (failure) await noteFailure(context, tools.upstream, iModel, failure);
      for (const run of runs.values()) {
        if (isNew(iModel, run)) await tools.recorder.found(iModel, run);
      }
      const after = end ? afterListing(found, reading, end, time.now()) : found;
      if (troubleAt(after, time.now())) report.iModelsInTrouble += 1;
      await write(context, found, after);
    } catch (error) {
      // What is not on record now is new to the next listing. What the list tells of others stands.
      fail(iModelId, error);
    }
    const isAsked = end !== undefined || failure?.kind !== 'NotAsked';
    return { runs, kind: KIND_OF_SOURCE[iModel.source], isAsked };
  }

  return {
    async read({ iModelId }) {
      const listed = list(iModelId).catch(async (error) => {
        if (isTokenFault(error)) await tools.upstream.breaker.noToken(error);
        else fail(iModelId, error);
        return { ...NOTHING, isAsked: !isTokenFault(error) && !signal.aborted };
      });
      read.set(iModelId, listed);
      return (await listed).isAsked;
    },
    async runOf({ jobId, iModelId, kind = DEFAULT_KIND }) {
      const listed = iModelId === undefined ? undefined : await read.get(iModelId);
      // What one API lists proves nothing about a run of another.
      return listed?.kind === kind ? listed.runs.get(jobId) : undefined;
    },
  };
}

/** What came of reading a list. */
interface ListResult {
  readonly reading: Reading;
  /** Absent when not one page could be asked for. */
  readonly end?: ReadingEnd;
  /** The answer that broke it off. */
  readonly failure?: FailedList;
}

/**
 * Reads the list of an iModel's runs, as far as something new may be in it. Of one that goes on where the
 * last has stopped, the first page as well, if there is a request left: there are the runs that begin
 * meanwhile.
 */
async function readList(
  context: SweepContext,
  tools: ListingTools,
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
  tools: ListingTools,
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
  { upstream, ask }: ListingTools,
  iModel: IModel,
  next?: string,
): Promise<RunListAnswer | FailedList> {
  const page = await ask((token, signal) => runLists.ask(iModel, next, token, signal));
  if (page.kind !== 'Page') return page;
  const { api } = kindOf({ kind: KIND_OF_SOURCE[iModel.source] });
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
  return { failure, end: { kind: 'Failed', trouble: troubleOf(failure) } };
}

async function noteFailure(
  { report, log }: SweepContext,
  { breaker, contact }: Upstream,
  { iModelId, source }: IModel,
  answer: FailedList,
): Promise<void> {
  if (answer.kind === 'NotAsked') return;
  const { api } = kindOf({ kind: KIND_OF_SOURCE[source] });
  // A list of another shape is a trouble of its iModel.
  if (answer.kind === 'Failed' && isUnanswered(answer.error)) contact.failed(`${api} lists`);
  else contact.answered(`${api} lists`);
  if (answer.kind === 'RateLimited') return breaker.rateLimited(answer.retryAt, answer.cause);
  report.listingsFailed += 1;
  const { correlationId } = answer;
  const { cause, message: meaning } = troubleOf(answer);
  const facts = { iModelId, cause, meaning, ...(correlationId && { correlationId }) };
  log.info('The runs of an iModel could not be listed', facts);
}

function troubleOf(answer: Exclude<FailedList, HeldUp>): Omit<ListTrouble, 'since'> {
  if (answer.kind === 'Missing') {
    const cause = answer.status === 404 ? 'NotFound' : 'AccessDenied';
    return { cause, message: TROUBLES[cause].meaning };
  }
  const message =
    answer.kind === 'Failed' ? answer.error.message : 'Upstream refuses the access token (401).';
  return { cause: 'Unreadable', message };
}

/** Writes an iModel if there is something to write. Who deleted it meanwhile keeps it deleted. */
async function write(context: SweepContext, before: IModel, after: IModel): Promise<void> {
  if (after === before) return;
  const { iModels, report, signal } = context;
  if (await iModels.update(before, after, signal)) tellTrouble(context, before, after);
  else report.lostConditions += 1;
}

/** Tells the log once that an iModel cannot be read, and once that it can again; of an empty one daily. */
function tellTrouble({ log, time }: SweepContext, before: IModel, after: IModel): void {
  const { iModelId, label } = after;
  const trouble = troubleAt(after, time.now());
  if (trouble) {
    // A fact called `message` would be lost: that is what a line of the log calls its own.
    const { cause, message: meaning, since } = trouble;
    if (before.trouble?.cause === cause) return;
    const facts = { iModelId, label, cause, meaning, action: TROUBLES[cause].action };
    log.warn('The runs of a watched iModel cannot be found', { ...facts, since: isoTime(since) });
  } else if (before.trouble) {
    const since = isoTime(before.trouble.since);
    log.info('The runs of a watched iModel can be found again', { iModelId, label, since });
  }
}
