import { type Environment, requiredSetting } from '../adapters/environment.ts';

/** What the function must be told by its environment. */
export interface Settings {
  readonly jobsTable: string;
  readonly checkpointTable: string;
}

/** Reads the settings of the function. @throws InvalidSetting, which says what to set */
export function readSettings(environment: Environment): Settings {
  return {
    jobsTable: requiredSetting(environment, 'JOBS_TABLE', 'the name of the table of jobs'),
    checkpointTable: requiredSetting(
      environment,
      'CHECKPOINT_TABLE',
      'the name of the table of the checkpoint',
    ),
  };
}
