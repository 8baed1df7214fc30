/** Commands that nothing runs, by the reason why. */
export const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  'It needs an AWS account. What the settings of a deployment come to, "npx cdk synth" shows.': [
    'npx cdk bootstrap',
    'npx cdk deploy',
    'npx cdk deploy -c emails=team@example.com -c checksPerMinute=200',
    'npx cdk deploy -c operatorEmail=ops@example.com -c emails=team@example.com',
    'npx cdk destroy',
    'npx cdk diff',
    "aws cloudwatch set-alarm-state --alarm-name ExtractionMonitor-NoSweepCompleted --state-value ALARM --state-reason 'Only a test'",
    'aws dynamodb delete-table --table-name RestoredJobs',
    'aws dynamodb restore-table-to-point-in-time --source-table-name JOBS_TABLE --target-table-name RestoredJobs --restore-date-time 2026-02-10T12:00:00Z',
    `aws dynamodb scan --table-name RestoredJobs --output json | jq -c '.Items[]' | while read -r item; do aws dynamodb put-item --table-name JOBS_TABLE --item "$item" --condition-expression 'attribute_not_exists(jobId)'; done`,
    'aws dynamodb wait table-exists --table-name RestoredJobs',
    'aws logs describe-log-groups --log-group-name-prefix ExtractionMonitor',
    'aws scheduler get-schedule --group-name GROUP_NAME --name NAME | jq \'del(.Arn, .CreationDate, .LastModificationDate) | .State = "DISABLED"\' > schedule.json',
    'aws scheduler list-schedules --query "Schedules[?starts_with(GroupName, \'ExtractionMonitor\')]"',
    'aws scheduler update-schedule --cli-input-json file://schedule.json',
    'aws secretsmanager put-secret-value --secret-id SECRET_NAME --secret-string \'{"clientId": "service-…", "clientSecret": "…"}\'',
    'aws sns confirm-subscription --topic-arn TOPIC_ARN --token TOKEN --authenticate-on-unsubscribe true',
    'aws sns set-sms-attributes --attributes MonthlySpendLimit=20',
    `aws sns subscribe --topic-arn TOPIC_ARN --protocol email --notification-endpoint team@example.com --attributes '{"FilterPolicy": "{\\"state\\": [\\"Failed\\"]}"}'`,
    'aws sqs list-queues --queue-name-prefix ExtractionMonitor-StatusMonitorDeadLetters',
    'aws sqs purge-queue --queue-url QUEUE_URL',
    'aws sqs receive-message --queue-url QUEUE_URL --message-attribute-names All --max-number-of-messages 10',
  ],
  'It needs a deployed API. How the command line signs and sends tokens: test/cli/api/connect.test.ts.':
    [
      'curl --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN" $API/health',
      'curl -H "authorization: Bearer $TOKEN" $API/health',
      'export EXTRACTION_MONITOR_URL=https://abc123.execute-api.eu-west-1.amazonaws.com',
      'EXTRACTION_MONITOR_URL=API_URL npx extraction-monitor register JOB',
      'npx extraction-monitor list',
    ],
  'It needs an identity at Bentley. With an upstream of its own: test/local/run.test.ts.': [
    'ITWIN_API_URL=https://api.bentley.com ITWIN_CLIENT_ID=… ITWIN_CLIENT_SECRET=… DATA_DIR=.data npm start',
  ],
  'It is a link of Bentley, and the local run asks its own simulator. Links: test/functions/api/routes/jobs.kinds.test.ts.':
    [
      `curl $API/jobs -H 'content-type: application/json' -d '{"label": "Tower C", "statusUrl": "https://api.bentley.com/grouping-and-mapping/datasources/imodel-mappings/extractions/6b7d7a04-93a1-4c8b-9d3a-0f6b5d3e7a21"}'`,
      'npx extraction-monitor register https://api.bentley.com/insights/reporting/datasources/extraction/status/$JOB',
    ],
  'It needs Java 17, and downloads 56 MB.': [
    'npm pack amplify-dynamodb-simulator@2.9.30 && tar -xzf amplify-dynamodb-simulator-2.9.30.tgz',
    'DYNAMODB_LOCAL=$PWD/package/emulator npx vitest run dynamodb-local',
  ],
  'It changes the checkout to another version of the project.': ['git pull'],
  'It makes a release.': [
    "git tag -a v0.2.0 -m 'Extraction Monitor 0.2.0'",
    'git push origin v0.2.0',
  ],
  'It takes an hour. A part of it is run in a copy.': ['npm run mutate'],
};
