/** Commands that CI runs, by day or by night, or that a test does for real, and where that is. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm run check': '.ci/run',
  'npm test': '.ci/run',
  'npm run test:slow': '.ci/run',
  'npm run test:unit': 'vitest.config.ts',
  'npm run test:all': 'vitest.config.ts',
  'npm run test:all -- --reporter ./test/tooling/support/cost-reporter.ts':
    'test/tooling/support/cost-reporter.ts',
  'npm run check:walls': 'test/tooling/check.test.ts',
  'npm ci --prefix test/insights-client': '.github/workflows/nightly.yml',
  'npx vitest run insights-client': '.github/workflows/nightly.yml',
  'npm ci --prefix test/mutation': '.github/workflows/nightly.yml',
  'npm run mutate:core -- --mutate functions/core/sweeps/pass.ts': '.github/workflows/nightly.yml',

  'npm start': 'test/local/run.test.ts',
  'npm ci && npm start': 'test/local/run.test.ts',
  'npm ci && npm test': '.ci/run',
  'SMTP_URL=smtps://me%40example.com:password@mail.example.com ALERT_TO=team@example.com npm start':
    'test/local/mail/local-run.test.ts',
  'npm run rehearse': 'test/rehearsal/rehearsal.test.ts',
  'npm run smoke': 'test/rehearsal/smoke.test.ts',

  'npm run docs:page': 'test/page/page.test.ts',
  'npx extraction-monitor open': 'test/page/open.test.ts',

  'npm run itwin-simulator': 'test/local/itwin-simulator/main.test.ts',

  'npm pack': 'test/cli/package.test.ts',
  'npx --yes ./extraction-monitor-0.2.0.tgz --help': 'test/cli/package.test.ts',

  'npm run bench': 'test/bench/main.test.ts',
  'npm run bench -- --quick': 'test/bench/main.test.ts',
  'npm run bench:delay': 'test/bench/delay/main.test.ts',
  'npm run bench:page': 'test/bench/page.test.ts',
  'npm run bench:alerts': 'test/bench/alerts.test.ts',
  'npm run bench:cost': 'test/bench/cost/main.test.ts',

  // CI runs them with all the others, the long ones at a smaller size.
  'npx vitest run test/functions/adapters/dynamodb': 'test/functions/adapters/dynamodb',
  'npx vitest run test/functions/api/costs.test.ts': 'test/functions/api/costs.test.ts',
  'npx vitest run test/functions/core': 'test/functions/core',
  'npx vitest run test/functions/core/jobs/decide.test.ts':
    'test/functions/core/jobs/decide.test.ts',
  'npx vitest run test/functions/monitor/imodels/requests.test.ts':
    'test/functions/monitor/imodels/requests.test.ts',
  'npx vitest run test/simulation/contracts': 'test/simulation/contracts',
  'npx vitest run test/simulation/sabotages.test.ts': 'test/simulation/sabotages.test.ts',
  'KILLS=50 npx vitest run test/local/kill.test.ts': 'test/local/kill.test.ts',
  'DAYS=30 npx vitest run test/simulation/quiet-days.test.ts': 'test/simulation/quiet-days.test.ts',
  'LIST_MINUTES=10 npx vitest run test/local/memory.test.ts': 'test/local/memory.test.ts',
};
