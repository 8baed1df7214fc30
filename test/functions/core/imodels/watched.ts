import { newIModel } from '../../../../functions/core/imodels/imodel.ts';

/** When the watch began (ms since the epoch). */
export const SINCE = Date.UTC(2026, 1, 10, 12);

/** What somebody set about it. */
export const SETTINGS = {
  iModelId: 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843',
  source: 'grouping-and-mapping',
  timeoutMinutes: 60,
  watchedBy: 'test',
} as const;

/** An iModel whose watch has just begun. */
export const WATCHED = newIModel(SETTINGS, SINCE);
