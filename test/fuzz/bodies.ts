import fc from 'fast-check';
import { JOB_ALERT_STATES } from '../../functions/core/alerts/filters.ts';
import { LIST_SOURCES } from '../../functions/core/imodels/imodel.ts';
import { JOB_IDS } from './populated-api.ts';
import { anyValue, deepJson, halfValid } from './rare.ts';
import { REFUSED } from './topic-subscribers.ts';

const label = fc.oneof(
  fc.constantFrom('Tower B', 'x'.repeat(100), '\u{1f3d7}'.repeat(100), 'é', '<b>&'),
  fc.string({ minLength: 1, maxLength: 100 }),
);

/** What a body of `POST /jobs` should be. */
export const registration: fc.Arbitrary<object> = fc.record(
  {
    jobId: fc.oneof(
      fc.constantFrom(...JOB_IDS),
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
    ),
    label,
    timeoutMinutes: fc.integer({ min: 5, max: 10_080 }),
    remindAfterMinutes: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4 })),
  },
  { requiredKeys: ['jobId'] },
);

/** What a body of `PATCH /jobs/{jobId}` should be. */
export const jobChange: fc.Arbitrary<object> = fc
  .record(
    {
      label: fc.option(label),
      timeoutMinutes: fc.integer({ min: 5, max: 10_080 }),
      remindAfterMinutes: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4 })),
    },
    { requiredKeys: [] },
  )
  .filter((fields) => Object.keys(fields).length > 0);

/** What a body of `PUT /imodels/{iModelId}` should be. */
export const iModelWatch: fc.Arbitrary<object> = fc.record(
  {
    label,
    source: fc.constantFrom(...LIST_SOURCES),
    timeoutMinutes: fc.integer({ min: 5, max: 10_080 }),
    remindAfterMinutes: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4 })),
  },
  { requiredKeys: [] },
);

/** What a body of `POST /jobs/batch` should be, though there may be bad jobs in it. */
export const batch: fc.Arbitrary<object> = fc
  .array(fc.oneof(registration, halfValid(registration), anyValue), {
    minLength: 1,
    maxLength: 100,
  })
  .map((jobs) => ({ jobs }));

/** What a body of `POST /alerts/test` should be. */
export const testAlert: fc.Arbitrary<object> = fc.record(
  { state: fc.constantFrom(...JOB_ALERT_STATES), containsIssues: fc.boolean(), label },
  { requiredKeys: [] },
);

const filter = {
  states: fc.uniqueArray(fc.constantFrom(...JOB_ALERT_STATES), { minLength: 1 }),
  onlyWithIssues: fc.boolean(),
};
const labels = fc.oneof(
  fc.record({ labelPrefixes: fc.array(label, { minLength: 1, maxLength: 3 }) }),
  fc.record({ exceptLabelPrefix: label }),
  fc.constantFrom({}, { states: ['Digest'] }),
);
const address = fc.oneof(
  fc.constantFrom('pending', 'confirmed', 'declared').map((name) => `${name}@example.com`),
  fc.constantFrom(REFUSED, 'New@EXAMPLE.com'),
  fc.emailAddress(),
);
const phone = fc.constantFrom('+37060000000', '+12025550123');

/** What a body of `POST /subscriptions` should be. */
export const subscription: fc.Arbitrary<object> = fc
  .tuple(
    fc.oneof(
      fc.record({ protocol: fc.constant('email'), endpoint: address }),
      fc.record({ protocol: fc.constant('sms'), endpoint: phone }),
    ),
    fc.record(filter, { requiredKeys: [] }),
    labels,
  )
  .map((parts) => Object.assign({}, ...parts));

const garbage = fc.oneof(
  anyValue,
  fc.json(),
  deepJson,
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.constantFrom(
    '[]',
    '{',
    '{"jobs":',
    '{"jobId":1e999}',
    '{"__proto__":{"jobId":1}}',
    '\ufeff{}',
  ),
  fc.constant(JSON.stringify({ label: 'x'.repeat(65_536) })),
  fc.constantFrom(0, 100, 101).map((count) => ({ jobs: Array(count).fill({ jobId: JOB_IDS[0] }) })),
);

/** Bodies that are good, bodies with one thing wrong, JSON that breaks off, and anything at all. */
export function bodies(valid: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  const brokenOff = fc
    .tuple(valid, fc.nat(40))
    .map(([body, at]) => JSON.stringify(body).slice(0, -1 - at));
  return fc.oneof(
    { weight: 4, arbitrary: valid },
    { weight: 4, arbitrary: halfValid(valid) },
    { weight: 1, arbitrary: brokenOff },
    { weight: 2, arbitrary: garbage },
    { weight: 1, arbitrary: fc.oneof(registration, testAlert, subscription, batch) },
  );
}
