import * as z from 'zod/mini';
import { LIST_SOURCES } from '../../../core/imodels/imodel.ts';
import { described } from './common.ts';

/** Why the runs of an iModel cannot be found. */
export const troubleSchema = z.object({
  cause: described(
    z.string(),
    '`NotFound` or `AccessDenied`: upstream answers 404 or 403. `Unreadable`: it gives no list that ' +
      'can be read. `NoRuns`: for a day and more no list has shown a run; it can be empty for want ' +
      'of a role.',
  ),
  message: described(z.string(), 'What that is, for a person.'),
  action: described(z.string(), 'What to do.'),
  since: z.iso.datetime(),
});

/** A watched iModel as callers get to see it. */
export const iModelViewSchema = z
  .object({
    iModelId: z.string(),
    label: described(z.nullable(z.string()), 'What its jobs are labelled with.'),
    source: described(z.enum(LIST_SOURCES), 'Whose list of its runs is read.'),
    timeoutMinutes: described(z.int(), 'For how long each of its runs is watched.'),
    remindAfterMinutes: described(
      z.nullable(z.int()),
      'When a reminder of a run that is still pending is sent; null: never.',
    ),
    unusuallyLong: described(
      z.boolean(),
      'Whether somebody is told when one of its runs becomes unusually long, if the deployment has that on.',
    ),
    since: described(z.iso.datetime(), 'When the watch began. What had ended before is not told.'),
    watchedBy: described(z.string(), 'Who asked for it first, as `registeredBy`.'),
    lastRunStartedAt: described(
      z.nullable(z.iso.datetime()),
      'When the newest run began that any list has shown; null: none has yet, or none that says so.',
    ),
    isUnordered: described(
      z.boolean(),
      'Whether the list is not newest first, so that all of its pages are read each time.',
    ),
    trouble: described(z.nullable(troubleSchema), 'Why its runs cannot be found at the moment.'),
  })
  .check(z.meta({ id: 'IModel', description: 'An iModel whose runs are found and followed.' }));

/** All of them. */
export const iModelListSchema = z
  .object({ iModels: z.array(iModelViewSchema) })
  .check(z.meta({ id: 'IModelList', description: 'All watched iModels, by id.' }));

/** What callers get to see of such trouble. */
export type TroubleView = z.output<typeof troubleSchema>;

/** What callers get to see of a watched iModel. */
export type IModelView = z.output<typeof iModelViewSchema>;

/** What they get to see of all. */
export type IModelList = z.output<typeof iModelListSchema>;
