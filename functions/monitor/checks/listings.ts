import { isTokenFault } from '../../core/errors.ts';
import type { IModel, ListTrouble, WatchedIModel } from '../../core/imodels/imodel.ts';
import {
  adopt,
  afterListing,
  isAdoptable,
  isNew,
  jobOfRun,
  type ListedRun,
  type Listing,
  laterOf,
  readsAll,
  withTrouble,
} from '../../core/imodels/listing.ts';
import { owedAlerts, type WatchedJob } from '../../core/jobs/job.ts';
import type { StatusObservation } from '../../core/jobs/observation.ts';
import type { RunListAnswer } from '../../core/ports.ts';
import { SECOND } from '../../core/time.ts';
import type { Outbox } from '../alerts/outbox.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Ask } from './check.ts';

/** The lists of watched iModels that one sweep reads. */
export interface Listings {
  /**
   * Lists the runs of an iModel and puts on record what is new in it. Never throws.
   *
   * @returns whether the list was asked for; if not, its turn is still to come
   */
  read(iModel: WatchedIModel): Promise<boolean>;
  /** What the list of its iModel says of a job, once it was read; undefined: ask by its id. */
  wordOn(job: WatchedJob): Promise<StatusObservation | undefined>;
}

/** The most pages, and the most time (ms), of one listing. */
const PAGES = 10;
const TIME = 10 * SECOND;

type Runs = ReadonlyMap<string, ListedRun>;
type FailedList = Exclude<RunListAnswer, { kind: 'Page' }> | { readonly kind: 'NotAsked' };

const ADOPT_ATTEMPTS = 3;

/** What listings work with. */
interface ListingTools {
  readonly upstream: Upstream;
  readonly ask: Ask;
  readonly outbox: Outbox;
}

/** The listings of one sweep. */
export function createListings(context: SweepContext, tools: ListingTools): Listings {
  const { iModels, log, report, signal } = context;
  const read = new Map<string, Promise<Runs>>();

  async function list(iModelId: string): Promise<{ runs: Runs; isAsked: boolean }> {
    const iModel = await iModels.get(iModelId, signal);
    if (!iModel) return { runs: new Map(), isAsked: true };
    const listing = await readList(context, tools, iModel);
    if ('kind' in listing) {
      if (listing.kind === 'NotAsked') return { runs: new Map(), isAsked: false };
      await noteFailure(context, tools.upstream, iModel, listing);
      return { runs: new Map(), isAsked: true };
    }
    for (const run of listing.runs.values()) {
      if (isNew(iModel, run)) await putFound(context, tools.outbox, iModel, run);
    }
    await write(context, iModel, afterListing(iModel, listing, context.time.now()));
    return { runs: listing.runs, isAsked: true };
  }

  return {
    async read({ iModelId }) {
      const listing = list(iModelId).catch(async (error) => {
        if (isTokenFault(error)) await tools.upstream.breaker.noToken(error);
        else if (!signal.aborted) {
          report.errors += 1;
          log.error('The runs of an iModel could not be taken in', { iModelId, error });
          return { runs: new Map<string, ListedRun>(), isAsked: true };
        }
        return { runs: new Map<string, ListedRun>(), isAsked: false };
      });
      read.set(
        iModelId,
        listing.then(({ runs }) => runs),
      );
      return (await listing).isAsked;
    },
    async wordOn({ jobId, iModelId }) {
      const runs = iModelId === undefined ? undefined : await read.get(iModelId);
      return runs?.get(jobId)?.status;
    },
  };
}

/** Reads pages while they hold something new, or all of them. @returns the answer that broke it off */
async function readList(
  { runLists, report, time }: SweepContext,
  { upstream, ask }: ListingTools,
  iModel: IModel,
): Promise<Listing | FailedList> {
  const deadline = time.now() + TIME;
  const isAll = readsAll(iModel, time.now());
  const runs = new Map<string, ListedRun>();
  let isInOrder = true;
  let newest = 0;
  let next = iModel.next;
  for (let pages = 0; pages < PAGES && time.now() < deadline; pages += 1) {
    if (pages > 0 && !upstream.take()) break;
    const from = next;
    const page = await ask((token, signal) => runLists.ask(iModel, from, token, signal));
    if (page.kind !== 'Page') return page;
    upstream.contact.answered();
    report.listings += 1;
    const starts = page.runs.map(({ startedAt = 0 }) => startedAt);
    if (pages === 0) newest = Math.max(0, ...starts);
    else if (Math.max(0, ...starts) > newest) isInOrder = false;
    const hasNews = page.runs.some((run) => isNew(iModel, run) && !runs.has(run.jobId));
    for (const run of page.runs) runs.set(run.jobId, laterOf(runs.get(run.jobId), run));
    next = page.next;
    const isWhole = next === undefined;
    if (isWhole || (!hasNews && !isAll)) {
      return { runs, isComplete: true, isWhole: isWhole && iModel.next === undefined, isInOrder };
    }
  }
  return {
    runs,
    isComplete: false,
    isWhole: false,
    isInOrder,
    ...(next !== undefined && { next }),
  };
}

/** Puts a run on record that was found; one that somebody registered by its id is adopted. */
async function putFound(
  context: SweepContext,
  outbox: Outbox,
  iModel: IModel,
  run: ListedRun,
): Promise<void> {
  const { jobs, report, log, signal } = context;
  const job = jobOfRun(iModel, run, context.clock());
  if (!job) return;
  if (await jobs.add(job)) {
    report.runsFound += 1;
    const { jobId, label, state } = job;
    log.info('A run of a watched iModel was found', {
      jobId,
      iModelId: iModel.iModelId,
      label,
      state,
    });
    if (owedAlerts(job).length > 0) await outbox.publishOwed(job);
    return;
  }
  // A check of the same sweep may write it at this moment; after this listing nobody would try again.
  for (let attempt = 0; attempt < ADOPT_ATTEMPTS; attempt += 1) {
    const known = await jobs.get(run.jobId, signal);
    if (!known || !isAdoptable(known, iModel)) return;
    if (await jobs.update(known, adopt(known, iModel), signal)) return;
    report.lostConditions += 1;
  }
}

async function noteFailure(
  context: SweepContext,
  { breaker, contact }: Upstream,
  iModel: IModel,
  answer: FailedList,
): Promise<void> {
  const { report, log, time } = context;
  if (answer.kind === 'RateLimited') return breaker.rateLimited(answer.retryAt, answer.cause);
  report.listingsFailed += 1;
  const trouble = troubleOf(answer);
  if (answer.kind === 'Failed') contact.failed();
  else contact.answered();
  const { iModelId } = iModel;
  const correlationId = 'correlationId' in answer ? answer.correlationId : undefined;
  log.warn('The runs of an iModel could not be listed', {
    iModelId,
    ...trouble,
    ...(correlationId && { correlationId }),
  });
  await write(context, iModel, withTrouble(iModel, trouble, time.now()));
}

function troubleOf(answer: FailedList): Omit<ListTrouble, 'since'> {
  if (answer.kind === 'Missing') {
    return answer.status === 404
      ? { cause: 'NotFound', message: 'Upstream does not know this iModel (404).' }
      : { cause: 'AccessDenied', message: 'Upstream does not let us list its runs (403).' };
  }
  const message =
    answer.kind === 'Failed' ? answer.error.message : 'Upstream refuses the access token (401).';
  return { cause: 'Unreadable', message };
}

/** Writes an iModel if there is something to write. Who deleted it meanwhile keeps it deleted. */
async function write({ iModels, report, signal }: SweepContext, before: IModel, after: IModel) {
  if (after === before) return;
  if (!(await iModels.update(before, after, signal))) report.lostConditions += 1;
}
