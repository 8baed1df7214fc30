import type { AlertTopic } from './alert-topic.ts';
import type { JobStore } from './job-store.ts';
import type { RegistrationApi } from './registration-api.ts';
import type { StatusMonitor } from './status-monitor.ts';

/** The parts of the stack that alarms and the dashboard watch. */
export interface WatchedParts {
  readonly registrationApi: RegistrationApi;
  readonly statusMonitor: StatusMonitor;
  readonly jobStore: JobStore;
  readonly alertTopic: AlertTopic;
}
