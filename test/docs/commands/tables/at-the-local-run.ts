const status = (...statuses: readonly number[]) =>
  new RegExp(`^STATUS (${statuses.join('|')})$`, 'm');
const NOTHING = /^$/;
const ANYTHING = /^/;

/**
 * Commands that are run word for word against a local run, document after document, and what each
 * prints. A `curl` also prints the status of its answer.
 */
export const AT_THE_LOCAL_RUN: ReadonlyMap<string, RegExp> = new Map([
  // README.md
  [
    `curl -i http://127.0.0.1:3000/jobs -H 'content-type: application/json' -d '{"jobId": "40f71ed2-31a3-45d3-bce0-5c9f3f112c03", "label": "Tower B, nightly", "timeoutMinutes": 720}'`,
    status(201),
  ],
  ['curl http://127.0.0.1:3000/jobs/40f71ed2-31a3-45d3-bce0-5c9f3f112c03', status(200)],
  [
    `curl http://127.0.0.1:3000/alerts/test -H 'content-type: application/json' -d '{"state": "Failed", "label": "Tower B, nightly"}'`,
    status(202),
  ],
  ['curl http://127.0.0.1:3000/health', status(200)],
  ['curl http://127.0.0.1:3000/imodels', /Demo: harbour terminal/],
  ["curl 'http://127.0.0.1:3000/jobs?labelPrefix=Demo:%20harbour'", status(200)],
  ['curl http://127.0.0.1:3000/local/alerts', status(200)],

  // docs/api.md: the README's job is known by then.
  ['API=http://127.0.0.1:3000', NOTHING],
  ['curl $API/health', status(200)],
  [
    `curl $API/jobs -H 'content-type: application/json' -d '{"jobId": "40f71ed2-31a3-45d3-bce0-5c9f3f112c03", "label": "Tower B, nightly", "timeoutMinutes": 720, "remindAfterMinutes": 120}'`,
    status(200, 201),
  ],
  [
    `curl $API/jobs/batch -H 'content-type: application/json' -d '{"jobs": [ {"jobId": "40f71ed2-31a3-45d3-bce0-5c9f3f112c03"}, {"jobId": "81b1a2c0-7c39-4e07-9a55-0f1d1f6d3f02", "label": "Tower C"}, {"jobId": "run-7"}]}'`,
    /"status":200.*"status":201.*"status":400.*\nSTATUS 200$/m,
  ],
  [
    'curl -i $API/jobs/40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
    /^etag: W\/"\d+"[\s\S]*^STATUS 200$/im,
  ],
  [
    `curl -i $API/jobs/40f71ed2-31a3-45d3-bce0-5c9f3f112c03 -H 'if-none-match: W/"2"'`,
    status(200, 304),
  ],
  [
    'curl "$API/jobs?stateGroup=pending&labelPrefix=Tower&registeredFrom=2026-02-01T00:00:00Z&limit=100"',
    status(200),
  ],
  ['curl "$API/statistics?groupBy=iModel"', status(200)],
  [
    `curl -X PATCH $API/jobs/40f71ed2-31a3-45d3-bce0-5c9f3f112c03 -H 'content-type: application/json' -d '{"label": "Tower B, weekly", "timeoutMinutes": 2880, "remindAfterMinutes": null}'`,
    status(200, 409),
  ],
  ['curl -X DELETE $API/jobs/40f71ed2-31a3-45d3-bce0-5c9f3f112c03', status(200)],
  [
    `curl -X PUT $API/imodels/b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843 -H 'content-type: application/json' -d '{"label": "Harbour terminal", "timeoutMinutes": 720}'`,
    status(200, 201),
  ],
  ['curl $API/imodels', status(200)],
  ['curl $API/imodels/b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843', status(200)],
  ['curl -X DELETE $API/imodels/b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843', status(204)],
  [
    `curl $API/alerts/test -H 'content-type: application/json' -d '{"state": "Failed", "label": "Tower B"}'`,
    status(202),
  ],
  [
    `curl $API/subscriptions -H 'content-type: application/json' -d '{"protocol": "email", "endpoint": "team@example.com", "states": ["Failed", "TimedOut"]}'`,
    status(200, 201),
  ],
  ['curl $API/subscriptions', status(200)],
  ['curl $API/subscriptions/c1669eda0aa96a7022059c8ea611f4fc', status(200)],
  ['curl -X DELETE $API/subscriptions/c1669eda0aa96a7022059c8ea611f4fc', status(200, 202)],
  ['curl $API/openapi.json', status(200)],

  // docs/cli.md
  ['npx extraction-monitor --help', /register <job>/],
  ['npm link', /added|up to date/],
  ['JOB=40f71ed2-31a3-45d3-bce0-5c9f3f112c03', NOTHING],
  ['npx extraction-monitor register $JOB --label "Tower B, nightly"', /Registered|Succeeded/],
  ['npx extraction-monitor watch $JOB', /Succeeded/],
  ['npx extraction-monitor watch $JOB && ./publish-report', /The report is published\./],
  [
    'npx extraction-monitor register 6b7d7a04-93a1-4c8b-9d3a-0f6b5d3e7a21 --kind grouping-and-mapping-extraction',
    /grouping-and-mapping-extraction/,
  ],
  [
    'npx extraction-monitor list --since 12h --state Failed --state TimedOut --state NotFound',
    ANYTHING,
  ],
  ['npx extraction-monitor list --state-group pending', ANYTHING],
  ['npx extraction-monitor subscriptions', /^Confirmed/m],
  ['npx extraction-monitor health', /^(Ok|Degraded|Failing)$/m],
  [
    'npx extraction-monitor watch $JOB 6b7d7a04-93a1-4c8b-9d3a-0f6b5d3e7a21 --max-wait 6h',
    /: Ended /,
  ],
  ['npx extraction-monitor list --since 2026-02-01 --with-issues --limit 500', ANYTHING],
  [
    'npx extraction-monitor list --kind grouping-and-mapping-extraction',
    /6b7d7a04-93a1-4c8b-9d3a-0f6b5d3e7a21/,
  ],
  ['npx extraction-monitor statistics --since 7d --group-by iModel', ANYTHING],
  ['npx extraction-monitor show $JOB', /Tower B, nightly/],
  ['npx extraction-monitor cancel $JOB', /Succeeded/],
  ['IMODEL=b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843', NOTHING],
  [
    'npx extraction-monitor watch-imodel $IMODEL --label "Harbour terminal"',
    /b0d3c9f2\S+\s+Harbour terminal/,
  ],
  ['npx extraction-monitor imodels', /b0d3c9f2\S+\s+Harbour terminal/],
  ['npx extraction-monitor unwatch-imodel $IMODEL', /Its jobs go on\./],
  [
    'npx extraction-monitor subscribe email team@example.com --only-with-issues',
    /team@example\.com/,
  ],
  [
    'npx extraction-monitor subscribe sms +37060000000 --state Failed --label-prefix Tower --label-prefix Bridge',
    /\+37060000000/,
  ],
  ['npx extraction-monitor unsubscribe +37060000000', /No alert goes there any more\./],
  ['npx extraction-monitor test-alert --label "Tower B"', /The next sweep sends it\./],
  [
    'npx extraction-monitor subscribe email owner@example.com --imodel 5e19bee0-3aea-4355-a9f0-c6df9989ee7d',
    /owner@example\.com/,
  ],
  ['npx extraction-monitor watch $JOB --json | tail -1 | jq -r .reason', /^Completed$/m],
  ['extraction-monitor completion >> ~/.bashrc', NOTHING],

  // docs/subscriptions.md
  [
    `curl http://127.0.0.1:3000/subscriptions -H 'content-type: application/json' -d '{"protocol": "email", "endpoint": "team@example.com", "states": ["Failed", "TimedOut"]}'`,
    status(200, 201),
  ],
]);
