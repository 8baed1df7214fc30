import type { ScenarioName } from './itwin-simulator/scenarios.ts';
import type { ItwinSimulator } from './itwin-simulator/server.ts';

/** Runs that a newcomer sees end in the first half minute, each in its own way. */
const RUNS: readonly { readonly label: string; readonly scenario: ScenarioName }[] = [
  { label: 'Demo: hospital, north wing', scenario: 'succeeds' },
  { label: 'Demo: bridge over the Neris', scenario: 'fails' },
  { label: 'Demo: metro station 4', scenario: 'succeedsWithIssues' },
];

/** As much of the API's representation of a job as is needed here. */
interface ListedJob {
  readonly jobId: string;
  readonly label?: string;
}

/** The local API did not do what the demonstration needs of it. */
class DemonstrationFailed extends Error {
  override readonly name = 'DemonstrationFailed';
}

/**
 * Registers the demonstration runs over HTTP, as any caller would. Those that an earlier run with
 * the same data left pending go on instead: the simulator forgets its runs when it stops.
 *
 * @throws DemonstrationFailed
 */
export async function demonstrate(simulator: ItwinSimulator, apiUrl: string): Promise<void> {
  const pending = await pendingRuns(apiUrl);
  for (const { jobId, scenario } of pending) simulator.addRun({ jobId, scenario });
  if (pending.length > 0) return;
  for (const { label, scenario } of RUNS) {
    const jobId = simulator.addRun({ scenario });
    await request(`${apiUrl}/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jobId, label }),
    });
  }
}

async function pendingRuns(apiUrl: string) {
  const found = await Promise.all(
    ['Registered', 'Queued', 'Running'].map((state) => listJobs(apiUrl, state)),
  );
  return found.flat().flatMap(({ jobId, label }) => {
    const run = RUNS.find((candidate) => candidate.label === label);
    return run ? [{ jobId, scenario: run.scenario }] : [];
  });
}

async function listJobs(apiUrl: string, state: string): Promise<readonly ListedJob[]> {
  const response = await request(`${apiUrl}/jobs?limit=100&state=${state}`);
  const { jobs } = (await response.json()) as { jobs: readonly ListedJob[] };
  return jobs;
}

async function request(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw new DemonstrationFailed(`${url} answered ${response.status}: ${await response.text()}`);
}
