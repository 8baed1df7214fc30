import { parseArgs } from 'node:util';
import { apiSpeed } from './api/api-speed.ts';
import { bundle } from './bundles/bundles.ts';
import { weight } from './bundles/weight.ts';
import { type Finding, report } from './harness/finding.ts';
import { sweepSpeed } from './sweep/sweep-speed.ts';
import { requestUnits } from './units/request-units.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const isQuick = values.quick;

const bundles = bundle('api', 'apiClients', 'monitor', 'monitorClients', 'httpClient');
const { api, monitor } = bundles.files;
const measurements: readonly (() => Promise<readonly Finding[]>)[] = [
  () => requestUnits(isQuick),
  () => sweepSpeed(monitor.href, isQuick),
  () => weight(bundles, isQuick),
  () => apiSpeed(api.href, isQuick),
];
const findings: Finding[] = [];
try {
  for (const measure of measurements) findings.push(...(await measure()));
} finally {
  bundles.remove();
}

report(findings);
if (isQuick) {
  console.log('\nOnly to show that everything runs: of this few rounds no time means much.');
  process.exitCode = 0;
}
