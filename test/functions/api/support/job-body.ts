/**
 * What a list tells of a job: one that was just registered and has nothing to it but these facts. A new
 * field of every job goes in here.
 */
export function jobSummaryBody(facts: Readonly<Record<string, unknown>>): object {
  return {
    kind: 'reporting-extraction',
    connectionId: null,
    connectionType: null,
    iModelId: null,
    iModelName: null,
    startedAt: null,
    runningAt: null,
    label: null,
    state: 'Registered',
    reason: null,
    containsIssues: null,
    logsUrl: null,
    cancelledBy: null,
    remindAt: null,
    remindedAt: null,
    usualLength: null,
    probablyUntil: null,
    unusual: null,
    endedAt: null,
    missing: null,
    failedChecks: 0,
    lastError: null,
    version: 1,
    ...facts,
  };
}

/** All that is told of such a job: its history too. */
export function jobBody(facts: Readonly<Record<string, unknown>>): object {
  return jobSummaryBody({
    endedBeforeFirstSeen: false,
    transitions: [],
    transitionsDropped: 0,
    logs: null,
    isTest: false,
    alert: null,
    alerts: [],
    ...facts,
  });
}
