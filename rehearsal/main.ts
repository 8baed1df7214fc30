/**
 * `npm run rehearse`: two deployments side by side in an AWS emulator, an update of one, and a run that
 * goes from its registration to an alert in each. Without an emulator it says so, and that is all.
 */
import { startItwinSimulator } from '../local/itwin-simulator/server.ts';
import { NO_EMULATOR, startEmulator } from './emulator.ts';
import { rehearse } from './rehearse.ts';

const emulator = await startEmulator();
if (!emulator) {
  console.log(NO_EMULATOR);
} else {
  const simulator = await startItwinSimulator();
  try {
    await rehearse(emulator.endpoint, simulator, (step) => console.log(`✓ ${step}`));
    console.log('All of it went well. What an emulator cannot show, docs/deployment.md says.');
  } finally {
    await Promise.all([simulator.close(), emulator.stop()]);
  }
}
