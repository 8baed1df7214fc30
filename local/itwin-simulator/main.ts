import { z } from 'zod';
import { codeOf } from '../files.ts';
import { CONTROL_PATH } from './control.ts';
import { statusPath } from './kinds.ts';
import { type ItwinSimulator, startItwinSimulator } from './server.ts';

const ACCESS_TOKEN = 'simulator-token';
const EXAMPLE_JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

await main();

async function main(): Promise<void> {
  const port = z.coerce.number().int().min(0).max(65_535);
  const { data, success } = port.safeParse(process.env.SIMULATOR_PORT || 4010);
  if (!success) {
    fail('SIMULATOR_PORT must be a port number from 0 to 65535.');
    return;
  }
  try {
    const simulator = await startItwinSimulator({ port: data, accessToken: ACCESS_TOKEN });
    console.log(banner(simulator));
    process.on('SIGINT', simulator.close);
    process.on('SIGTERM', simulator.close);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    fail(`Port ${data} is in use: stop what listens there, or set SIMULATOR_PORT to another port.`);
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

function banner({ url, tokenUrl, clientId, clientSecret }: ItwinSimulator): string {
  const run = JSON.stringify({ jobId: EXAMPLE_JOB_ID, scenario: 'fails' });
  return `iTwin simulator on ${url} (Ctrl-C stops it)

  token endpoint  ${tokenUrl}
  client id       ${clientId}
  client secret   ${clientSecret}
  access token    ${ACCESS_TOKEN}

Start a run that fails after 15 seconds, and ask how it stands:

  curl ${url}${CONTROL_PATH}/runs -d '${run}'
  curl -H 'Authorization: Bearer ${ACCESS_TOKEN}' ${url}${statusPath('reporting-extraction', { jobId: EXAMPLE_JOB_ID })}

What else it can do:  curl ${url}${CONTROL_PATH}`;
}
