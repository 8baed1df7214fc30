import type { ScenarioName } from './itwin-simulator/scenarios.ts';
import type { ItwinSimulator } from './itwin-simulator/server.ts';

/** Runs that a newcomer sees end in the first half minute, each in its own way. */
const RUNS: readonly { readonly label: string; readonly scenario: ScenarioName }[] = [
  { label: 'Demo: hospital, north wing', scenario: 'succeeds' },
  { label: 'Demo: bridge over the Neris', scenario: 'fails' },
  { label: 'Demo: metro station 4', scenario: 'succeedsWithIssues' },
];

/** The local API did not do what the demonstration needs of it. */
class DemonstrationFailed extends Error {
  override readonly name = 'DemonstrationFailed';
}

/**
 * Registers the demonstration runs over HTTP, as any caller would, unless jobs of an earlier run are
 * on record already.
 *
 * @throws DemonstrationFailed
 */
export async function demonstrate(simulator: ItwinSimulator, apiUrl: string): Promise<void> {
  const { jobs } = await request(`${apiUrl}/jobs?limit=1`);
  if (jobs.length > 0) return;
  for (const { label, scenario } of RUNS) {
    const jobId = simulator.addRun({ scenario });
    await request(`${apiUrl}/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jobId, label }),
    });
  }
}

async function request(url: string, init?: RequestInit): Promise<{ jobs: readonly unknown[] }> {
  const response = await fetch(url, init);
  const body = await response.text();
  if (response.ok) return JSON.parse(body);
  throw new DemonstrationFailed(`${url} answered ${response.status}: ${body}`);
}
