import { parseArgs } from 'node:util';
import { bundle } from './bundles/bundles.ts';
import { report } from './harness/finding.ts';
import { BUDGET } from './services/function-environment.ts';
import { sweepScale } from './sweep/sweep-scale.ts';

const USAGE =
  'npm run bench:scale -- [--jobs <the most that are pending>] [--rounds <how many>] [--imodels]';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    imodels: { type: 'boolean', default: false },
  },
});
const jobs = Number(values.jobs);
const rounds = Number(values.rounds);
if (!Number.isInteger(jobs) || jobs < 1 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`Usage: ${USAGE}`);
  process.exit(2);
}

const bundles = bundle('monitor');
try {
  // A list tells of five jobs: it takes twice as many until the budget is spent.
  const least = values.imodels ? 2 * BUDGET : BUDGET;
  const sizes = [least, 10 * BUDGET, jobs].filter((size) => size <= jobs);
  const findings = await sweepScale(bundles.files.monitor.href, [...new Set(sizes)], {
    rounds,
    hasIModels: values.imodels,
  });
  report(findings);
} finally {
  bundles.remove();
}
