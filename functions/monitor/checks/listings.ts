import { isTokenFault } from '../../core/errors.ts';
import { begunBy, isNew, KIND_OF_SOURCE, type ListedRun } from '../../core/imodels/found-runs.ts';
import { type IModel, TROUBLES, troubleAt, type WatchedIModel } from '../../core/imodels/imodel.ts';
import { afterListing, type ListLimit } from '../../core/imodels/listing.ts';
import { type ListFailure, troubleOf } from '../../core/imodels/reading.ts';
import type { WatchedJob } from '../../core/jobs/job.ts';
import { DEFAULT_KIND, type KindName } from '../../core/kinds/kinds.ts';
import { isUnanswered } from '../../core/sweeps/faults.ts';
import { isoTime } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Ask } from './check.ts';
import { apiOf, readList } from './list-pages.ts';
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
    const { reading, end, failure, limit } = await readList(context, tools, iModel);
    const { runs } = reading;
    try {
      if (failure && failure.kind !== 'NotAsked') {
        await noteFailure(context, tools.upstream, iModel, failure, limit);
      }
      for (const run of runs.values()) {
        if (isNew(iModel, run)) await tools.recorder.found(iModel, run);
      }
      const isNews = end !== undefined || limit !== undefined;
      const after = isNews ? afterListing(found, reading, end, time.now(), limit) : found;
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

async function noteFailure(
  { report, log }: SweepContext,
  { breaker, contact }: Upstream,
  iModel: IModel,
  answer: ListFailure,
  limit?: ListLimit,
): Promise<void> {
  const { iModelId } = iModel;
  const api = apiOf(iModel);
  // A list of another shape is a trouble of its iModel.
  if (answer.kind === 'Failed' && isUnanswered(answer.error)) contact.failed(`${api} lists`);
  else contact.answered(`${api} lists`);
  const isAlone = limit?.notBefore !== undefined;
  if (answer.kind === 'RateLimited' && !isAlone) {
    return breaker.rateLimited(answer.retryAt, answer.cause);
  }
  report.listingsFailed += 1;
  const { correlationId } = answer;
  const { cause, message: meaning } = troubleOf(answer);
  const facts = { iModelId, cause, meaning, ...(correlationId && { correlationId }) };
  log.info('The runs of an iModel could not be listed', facts);
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
