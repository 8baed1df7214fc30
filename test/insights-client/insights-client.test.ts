import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMONSTRATION_IMODEL } from '../../local/itwin-simulator/scenarios.ts';
import { type ItwinSimulator, startItwinSimulator } from '../../local/itwin-simulator/server.ts';

/**
 * Bentley's own client reads the simulator: what it makes of an answer is what upstream means by it. It
 * is an install of its own, and without that nothing here runs; CONTRIBUTING.md has the command.
 */
const isInstalled = existsSync(new URL('node_modules', import.meta.url));
const load = createRequire(import.meta.url);

/** As much of a client as is used here. */
type Client = Readonly<Record<string, (...args: unknown[]) => Promise<Record<string, unknown>>>>;

function clientOf(module: string, name: string, basePath: string): Client {
  const { [name]: Constructor } = load(module) as Record<string, new (path: string) => Client>;
  if (Constructor === undefined) throw new Error(`${module} has no ${name}.`);
  return new Constructor(basePath);
}

const { id: IMODEL, mappings } = DEMONSTRATION_IMODEL;
const [MAPPING] = mappings as [(typeof mappings)[0]];
const TOKEN = 'Bearer simulator-token';

let simulator: ItwinSimulator;
let jobIds: string[];

beforeAll(async () => {
  simulator = await startItwinSimulator({ accessToken: 'simulator-token' });
  simulator.addIModel({ ...DEMONSTRATION_IMODEL, automaticRuns: [] });
  const logs = Array.from({ length: 5 }, (_, n) => ({ level: 'Error', message: `No. ${n}` }));
  jobIds = [3, 2, 1].map((minutes) =>
    simulator.addRun({
      iModelId: IMODEL,
      startedMsAgo: minutes * 60_000,
      steps: [{ answer: { state: 'Failed', reason: 'Broken.', containsIssues: true, logs } }],
    }),
  );
});
afterAll(() => simulator.close());

describe.skipIf(!isInstalled)('the client of Grouping and Mapping', () => {
  const client = (name: string) =>
    clientOf('@itwin/insights-client', name, `${simulator.url}/grouping-and-mapping`);

  it('reads the status of a run', async () => {
    const status = await client('ExtractionClient').getExtractionStatus?.(TOKEN, jobIds[0]);
    expect(status).toMatchObject({ id: jobIds[0], state: 'Failed' });
    expect(Date.parse(String(status?.startedOn))).toBeLessThan(Date.now());
  });

  it('reads the runs of an iModel, page by page', async () => {
    const extractions = client('ExtractionClient') as unknown as {
      getIModelExtractionsIterator(...args: unknown[]): AsyncIterable<{ readonly id: string }>;
    };
    const ids: string[] = [];
    for await (const { id } of extractions.getIModelExtractionsIterator(TOKEN, IMODEL, 2)) {
      ids.push(id);
    }
    expect(ids).toEqual(jobIds.toReversed());
  });

  it('reads the logs of a run', async () => {
    const { logs } = (await client('ExtractionClient').getExtractionLogs?.(TOKEN, jobIds[0])) ?? {};
    expect(logs).toHaveLength(5);
    expect(logs).toContainEqual(expect.objectContaining({ level: 'Error', message: 'No. 0' }));
  });

  it('reads the names of a mapping and a group', async () => {
    const mapping = await client('MappingsClient').getMapping?.(TOKEN, MAPPING.id);
    expect(mapping).toMatchObject({ id: MAPPING.id, mappingName: 'Structure' });
    const [group] = MAPPING.groups;
    const read = await client('GroupsClient').getGroup?.(TOKEN, MAPPING.id, group?.id);
    expect(read).toMatchObject({ id: group?.id, groupName: 'Windows' });
  });
});

describe.skipIf(!isInstalled)('the last client of Reporting', () => {
  const client = () =>
    clientOf(
      'insights-client-of-reporting',
      'ExtractionClient',
      `${simulator.url}/insights/reporting`,
    );

  it('reads the status of a run', async () => {
    const status = await client().getExtractionStatus?.(TOKEN, jobIds[0]);
    expect(status).toMatchObject({ state: 'Failed', reason: 'Broken.', containsIssues: true });
  });

  it('reads the history of an iModel and the logs of a run, page by page', async () => {
    const history = (await client().getExtractionHistory?.(TOKEN, IMODEL, 2)) as unknown;
    expect(history).toMatchObject(jobIds.toReversed().map((jobId) => ({ jobId })));
    const logs = (await client().getExtractionLogs?.(TOKEN, jobIds[0], 2)) as unknown;
    expect(logs).toMatchObject(Array.from({ length: 5 }, (_, n) => ({ message: `No. ${n}` })));
  });
});
