import type { IModel } from '../../../../../functions/core/imodels/imodel.ts';
import type { Step } from '../../../../../local/itwin-simulator/script.ts';
import { createWorld, type World, type WorldOptions } from '../../support/world.ts';

export const IMODEL = '5e19bee0-3aea-4355-a9f0-c6df9989ee7d';
const RUNNING: readonly Step[] = [{ answer: { state: 'Running' } }];

/** A run of the iModel as upstream has it, begun so many ms ago; Running unless told otherwise. */
export function addRun(
  { simulator }: World,
  startedMsAgo: number,
  steps = RUNNING,
  kind:
    | 'grouping-and-mapping-extraction'
    | 'reporting-extraction' = 'grouping-and-mapping-extraction',
): string {
  return simulator.addRun({ iModelId: IMODEL, kinds: [kind], startedMsAgo, steps: [...steps] });
}

/** Begins to watch the iModel now. */
export async function watch(world: World, settings: Partial<IModel> = {}): Promise<void> {
  await world.ports.iModels.add({
    iModelId: IMODEL,
    label: 'Bridge',
    source: 'grouping-and-mapping',
    timeoutMinutes: 1_440,
    since: world.clock.now(),
    watchedBy: 'test',
    version: 1,
    ...settings,
  });
}

/** A world whose upstream has the iModel, without runs. */
export async function worldWithIModel(options?: WorldOptions): Promise<World> {
  const world = await createWorld(options);
  world.simulator.addIModel({ id: IMODEL, displayName: 'Bridge over the Neris' });
  return world;
}

/** How often each endpoint was asked since the last time that this was forgotten. */
export function asked(world: World): { readonly lists: number; readonly statuses: number } {
  const of = (endpoint: 'list' | 'status') => world.simulator.requests.list(endpoint).length;
  return { lists: of('list'), statuses: of('status') };
}
