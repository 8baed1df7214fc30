/** Commands that nothing runs, by the reason why. */
export const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  'It needs an AWS account. What the settings of a deployment come to, "npx cdk synth" shows.': [
    'npx cdk bootstrap',
    'npx cdk deploy -c settings=prod.json',
    'npx cdk deploy -c settings=trial.json',
    'npx cdk destroy -c settings=prod.json',
    'npx cdk destroy -c settings=trial.json',
    'npx cdk diff -c settings=prod.json',
    'npx cdk import -c settings=prod.json --resource-mapping tables.json',
    'npx cdk rollback -c settings=prod.json',
    "aws cloudwatch set-alarm-state --alarm-name STACK-NoSweepCompleted --state-value ALARM --state-reason 'Only a test'",
    'aws cloudformation delete-stack --stack-name STACK',
    'aws cloudformation describe-stack-events --stack-name STACK',
    `aws cloudformation describe-stack-resources --stack-name STACK --query "StackResources[?ResourceType=='AWS::SQS::Queue'].[LogicalResourceId, PhysicalResourceId]"`,
    `aws cloudformation describe-stack-resources --stack-name STACK --query "StackResources[?ResourceType=='AWS::Scheduler::ScheduleGroup'].PhysicalResourceId"`,
    'aws cloudformation update-termination-protection --stack-name STACK --no-enable-termination-protection',
    'aws cloudformation wait stack-delete-complete --stack-name STACK',
    'aws dynamodb delete-table --table-name RestoredJobs',
    'aws dynamodb delete-table --table-name TABLE',
    'aws dynamodb list-tables',
    'aws dynamodb restore-table-to-point-in-time --source-table-name JOBS_TABLE --target-table-name RestoredJobs --restore-date-time 2026-02-10T12:00:00Z',
    `aws dynamodb scan --table-name RestoredJobs --output json | jq -c '.Items[]' | while read -r item; do aws dynamodb put-item --table-name JOBS_TABLE --item "$item" --condition-expression 'attribute_not_exists(jobId)'; done`,
    'aws dynamodb update-table --table-name TABLE --no-deletion-protection-enabled',
    'aws dynamodb wait table-exists --table-name RestoredJobs',
    'aws logs describe-log-groups --log-group-name-prefix STACK-',
    'aws scheduler get-schedule --group-name GROUP_NAME --name NAME | jq \'del(.Arn, .CreationDate, .LastModificationDate) | .State = "DISABLED"\' > schedule.json',
    'aws scheduler list-schedules --group-name GROUP_NAME',
    'aws scheduler update-schedule --cli-input-json file://schedule.json',
    'aws secretsmanager put-secret-value --secret-id SECRET_NAME --secret-string \'{"clientId": "service-…", "clientSecret": "…"}\'',
    'aws sns confirm-subscription --topic-arn TOPIC_ARN --token TOKEN --authenticate-on-unsubscribe true',
    'aws sns set-sms-attributes --attributes DefaultSMSType=Transactional',
    'aws sns set-sms-attributes --attributes MonthlySpendLimit=20',
    `aws sns subscribe --topic-arn TOPIC_ARN --protocol email --notification-endpoint team@example.com --attributes '{"FilterPolicy": "{\\"state\\": [\\"Failed\\"]}"}'`,
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
  'It needs a deployed stack. A dry run of it: test/rehearsal/smoke.test.ts.': [
    'npm run smoke -- --stack STACK --region eu-west-1',
  ],
  'It is a link of Bentley, and the local run asks its own simulator. Links: test/functions/api/routes/jobs.kinds.test.ts.':
    [
      `curl $API/jobs -H 'content-type: application/json' -d '{"label": "Tower C", "statusUrl": "https://api.bentley.com/grouping-and-mapping/datasources/imodel-mappings/extractions/6b7d7a04-93a1-4c8b-9d3a-0f6b5d3e7a21"}'`,
      'npx extraction-monitor register https://api.bentley.com/insights/reporting/datasources/extraction/status/$JOB',
    ],
  'The job of the documents has ended by then. Of one under watch: test/cli/commands/jobs.test.ts.':
    ['npx extraction-monitor change $JOB --timeout-minutes 2880'],
  'It needs Java 17, and downloads 56 MB.': [
    'npm pack amplify-dynamodb-simulator@2.9.30 && tar -xzf amplify-dynamodb-simulator-2.9.30.tgz',
    'DYNAMODB_LOCAL=$PWD/package/emulator npx vitest run dynamodb-local',
  ],
  'It changes the checkout to another version of the project.': ['git pull'],
  'It makes a release.': [
    "git tag -a v0.2.0 -m 'Extraction Monitor 0.2.0'",
    'git push origin v0.2.0',
  ],
  'It takes 20 min and more. A part of it is run every night.': [
    'npm run mutate',
    "npm run mutate:monitor -- --mutate 'functions/monitor/alerts/**/*.ts'",
    'npm run mutate:sample',
    'SEED=2 npm run mutate:sample',
  ],
};
