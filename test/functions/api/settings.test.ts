import { describe, expect, it } from 'vitest';
import { InvalidSetting } from '../../../functions/adapters/environment.ts';
import { readSettings } from '../../../functions/api/settings.ts';

const ENVIRONMENT = { JOBS_TABLE: 'Jobs', CHECKPOINT_TABLE: 'Checkpoint' };

describe('settings of the API', () => {
  it('are the names of its tables', () => {
    expect(readSettings(ENVIRONMENT)).toEqual({ jobsTable: 'Jobs', checkpointTable: 'Checkpoint' });
  });

  it('say which of them is missing', () => {
    for (const variable of Object.keys(ENVIRONMENT)) {
      const without = { ...ENVIRONMENT, [variable]: undefined };
      expect(() => readSettings(without)).toThrow(InvalidSetting);
      expect(() => readSettings(without)).toThrow(variable);
    }
  });
});
