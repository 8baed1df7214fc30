import * as z from 'zod/mini';
import { ALERT_STATES, type AlertFilter, excessOf } from '../../core/alerts/filters.ts';
import { KIND_NAMES } from '../../core/kinds/kinds.ts';
import { iModelIdSchema, kindSchema, labelSchema } from '../http/validation.ts';

const MUST_BE_STATE = `must be one of ${ALERT_STATES.join(', ')}`;
const MUST_BE_STATES = 'must be a list of one or more states';
const MUST_BE_KINDS = 'must be a list of one or more kinds';
const MUST_BE_PREFIXES = 'must be a list of one or more beginnings of labels';
const MUST_BE_IMODELS = 'must be a list of one or more ids of iModels';
const MUST_BE_FLAG = 'must be true or false';

function iModelIdsSchema() {
  return z.array(iModelIdSchema, MUST_BE_IMODELS).check(z.minLength(1, MUST_BE_IMODELS));
}

/** The conditions of a filter as a body names them. */
export const filterFields = {
  states: z.optional(
    z
      .array(z.enum(ALERT_STATES, MUST_BE_STATE), MUST_BE_STATES)
      .check(z.minLength(1, MUST_BE_STATES), z.maxLength(ALERT_STATES.length, MUST_BE_STATES)),
  ),
  onlyWithIssues: z.optional(z.boolean(MUST_BE_FLAG)),
  labelPrefixes: z.optional(
    z.array(labelSchema, MUST_BE_PREFIXES).check(z.minLength(1, MUST_BE_PREFIXES)),
  ),
  exceptLabelPrefix: z.optional(labelSchema),
  jobKinds: z.optional(
    z
      .array(kindSchema, MUST_BE_KINDS)
      .check(z.minLength(1, MUST_BE_KINDS), z.maxLength(KIND_NAMES.length, MUST_BE_KINDS)),
  ),
  iModelIds: z.optional(iModelIdsSchema()),
  exceptIModelIds: z.optional(iModelIdsSchema()),
};

type FilterFields = z.output<z.ZodMiniObject<typeof filterFields>>;

/** A filter in its one spelling: one that says the same is the same. */
export function filterOf(fields: FilterFields): AlertFilter {
  const { states, onlyWithIssues, labelPrefixes, exceptLabelPrefix, jobKinds } = fields;
  const { iModelIds, exceptIModelIds } = fields;
  return {
    ...(states && { states: ALERT_STATES.filter((state) => states.includes(state)) }),
    ...(onlyWithIssues && { onlyWithIssues }),
    ...(labelPrefixes && { labelPrefixes: inOrder(labelPrefixes) }),
    ...(exceptLabelPrefix !== undefined && { exceptLabelPrefix }),
    ...(jobKinds && { jobKinds: KIND_NAMES.filter((kind) => jobKinds.includes(kind)) }),
    ...(iModelIds && { iModelIds: inOrder(iModelIds) }),
    ...(exceptIModelIds && { exceptIModelIds: inOrder(exceptIModelIds) }),
  };
}

function inOrder(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}

/** Refuses a filter that SNS would not take. */
export const takenBySns = z.check<FilterFields>((context) => {
  const excess = excessOf(filterOf(context.value));
  if (excess === undefined) return;
  const { field, detail } = excess;
  context.issues.push({ code: 'custom', input: context.value, path: [field], message: detail });
});
