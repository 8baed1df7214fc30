/**
 * iModels, what begins in them by itself, and the names of their mappings and groups. Sources:
 * - https://developer.bentley.com/apis/imodels-v2/operations/get-imodel-details/
 * - iTwin/insights-client, `src/grouping-and-mapping`: `Mapping` and `Group`
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ListStep } from './pages.ts';
import { normalized, type Runs, scenarioRunSchema, scriptedRunSchema, startAt } from './runs.ts';
import { advance, misbehaviourSchema, type Position } from './script.ts';

/** Where mappings are; groups are under theirs. */
export const MAPPINGS = '/grouping-and-mapping/datasources/imodel-mappings';

const automaticRunSchema = z.strictObject({
  afterMs: z.number().nonnegative(),
  everyMs: z.number().min(1_000).optional(),
  run: z.union([scriptedRunSchema, scenarioRunSchema]),
});

const groupSchema = z.strictObject({ id: z.guid(), groupName: z.string() });

const mappingSchema = z.strictObject({
  id: z.guid(),
  mappingName: z.string(),
  groups: z.array(groupSchema).optional(),
});

/** An iModel; see {@link NewIModel}. */
export const iModelSchema = z.strictObject({
  id: z.guid().optional(),
  displayName: z.string(),
  mappings: z.array(mappingSchema).optional(),
  automaticRuns: z.array(automaticRunSchema).optional(),
  lacksRole: z.boolean().optional(),
  names: misbehaviourSchema.optional(),
});

/**
 * An iModel, with mappings and groups that have names. `automaticRuns` begin by themselves, `afterMs`
 * from now and then `everyMs`. To a client that `lacksRole` its lists are empty and its names
 * forbidden; `names` answers requests for names as badly as anything.
 */
export type NewIModel = Readonly<z.infer<typeof iModelSchema>>;

/** An iModel as it is kept; its id is in lower case. */
export type IModel = NewIModel & { readonly id: string };

/** The simulated iModels. Their ids are in lower case, and found in any case. */
export type IModels = {
  /** Adds an iModel, or replaces the one of the same id; returns its id. */
  readonly add: (iModel: NewIModel) => string;
  readonly find: (iModelId: string) => IModel | undefined;
  /** In the order they were added. */
  readonly list: () => readonly IModel[];
  /** Lets the lists of an iModel's runs follow these steps; none bring normal answers back. */
  readonly setList: (iModelId: string, steps: readonly ListStep[]) => void;
  /** How the list of an iModel is answered now; counts as one of the requests that a step lasts for. */
  readonly answerList: (iModelId: string) => ListStep['answer'];
  /** Begins the automatic runs whose time has come, each as of its own time. */
  readonly beginRuns: () => void;
};

type Due = Readonly<z.infer<typeof automaticRunSchema>> & { readonly at: number };

/** No iModels yet; their automatic runs go into `runs` by the clock `now` (ms since the epoch). */
export function createIModels(now: () => number, runs: Pick<Runs, 'add'>): IModels {
  const iModels = new Map<string, IModel>();
  const lists = new Map<string, { readonly steps: readonly ListStep[]; position: Position }>();
  const due = new Map<string, readonly Due[]>();
  return {
    add: (iModel) => {
      const id = normalized(iModel.id ?? randomUUID());
      const { automaticRuns = [] } = iModel;
      iModels.set(id, { ...iModel, id });
      due.set(
        id,
        automaticRuns.map((run) => ({ ...run, at: now() + run.afterMs })),
      );
      return id;
    },
    find: (iModelId) => iModels.get(normalized(iModelId)),
    list: () => [...iModels.values()],
    setList: (iModelId, steps) => {
      lists.set(normalized(iModelId), { steps, position: startAt(now()) });
    },
    answerList: (iModelId) => {
      const list = lists.get(normalized(iModelId));
      if (list === undefined) return {};
      const position = advance(list.steps, list.position, now());
      list.position = { ...position, answered: position.answered + 1 };
      return list.steps[position.step]?.answer ?? {};
    },
    beginRuns: () => {
      for (const [iModelId, waiting] of due) {
        const left = waiting.flatMap((run) => begin(run, iModelId, now(), runs));
        due.set(iModelId, left);
      }
    },
  };
}

/** Begins a run as often as its time has come by `now`, and returns what is still to come of it. */
function begin(due: Due, iModelId: string, now: number, runs: Pick<Runs, 'add'>): Due[] {
  let { at } = due;
  for (; at <= now; at += due.everyMs ?? Number.POSITIVE_INFINITY) {
    runs.add({ ...due.run, iModelId, startedMsAgo: now - at });
  }
  return Number.isFinite(at) ? [{ ...due, at }] : [];
}

/** The body about an iModel, as the iModels API has it. */
export function iModelBody({ id, displayName }: IModel): object {
  const rest = { dataCenterLocation: 'East US', description: null, state: 'initialized' };
  return { iModel: { id, displayName, name: displayName, ...rest } };
}

/** The body about a mapping of an iModel, by id; undefined when it has no such mapping. */
export function mappingBody(iModel: IModel, mappingId: string, origin: string): object | undefined {
  const mapping = iModel.mappings?.find(isOf(mappingId));
  return (
    mapping && {
      mapping: {
        id: mapping.id,
        mappingName: mapping.mappingName,
        description: '',
        extractionEnabled: true,
        createdOn: '2024-03-05T07:08:56+00:00',
        createdBy: 'modeller@example.com',
        modifiedOn: '2024-03-05T07:08:56+00:00',
        modifiedBy: 'modeller@example.com',
        _links: { iModel: { href: `${origin}/imodels/${iModel.id}` } },
      },
    }
  );
}

/** The body about a group of a mapping, by their ids; undefined when there is no such group. */
export function groupBody(
  iModel: IModel,
  mappingId: string,
  groupId: string,
  origin: string,
): object | undefined {
  const mapping = iModel.mappings?.find(isOf(mappingId));
  const group = mapping?.groups?.find(isOf(groupId));
  return (
    group && {
      group: {
        id: group.id,
        groupName: group.groupName,
        description: '',
        query: 'SELECT * FROM BuildingSpec:Wall',
        metadata: [],
        _links: {
          iModel: { href: `${origin}/imodels/${iModel.id}` },
          mapping: { href: `${origin}${MAPPINGS}/${mapping?.id}` },
        },
      },
    }
  );
}

function isOf(asked: string): (one: { readonly id: string }) => boolean {
  return ({ id }) => normalized(id) === normalized(asked);
}
