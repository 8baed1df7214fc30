import type { Alert } from '../../../../../../functions/core/alerts/alert.ts';
import { type LogDigest, withNames } from '../../../../../../functions/core/alerts/log-digest.ts';
import { testJob } from '../../../../../../functions/core/alerts/test-job.ts';
import { reopen } from '../../../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../../../functions/core/time.ts';
import { DEMONSTRATION_IMODEL } from '../../../../../../local/itwin-simulator/scenarios.ts';
import {
  BEGINNING,
  digestOf,
  each,
  endingWith,
  endOf,
  missing,
  QUEUED,
  RUNNING,
  seen,
  seenMapping,
  seenOf,
} from './sightings.ts';
import {
  alertAfter,
  JOB_ID,
  jobAfter,
  owedBy,
  REGISTERED,
  type Sighting,
  watchOn,
} from './watch.ts';

const BRIDGE = { label: 'Bridge over the Neris' };
const UNREAD = {
  kind: 'Unread',
  reason: 'The logs endpoint gave no whole answer within 5 s.',
} as const;

/** Of runs that took 8 to 20 min, mostly. */
const USUAL = {
  runs: 34,
  median: 12 * MINUTE,
  p90: 20 * MINUTE,
  shortBelow: 4 * MINUTE,
  longAbove: 46 * MINUTE,
};

/** The logs of a large run that had much to say. */
const LONG_DIGEST: LogDigest = {
  kind: 'Digest',
  entries: 2_000,
  isPartial: true,
  counts: [
    { level: 'Information', category: 'DataProcessing', count: 1_204 },
    { level: 'Warning', category: 'GroupQuery', count: 502 },
    { level: 'Warning', category: 'CalculatedProperty', count: 181 },
    { level: 'Error', category: 'GroupQuery', count: 61 },
    { level: 'Warning', category: 'QueryTranslation', count: 40 },
    { level: 'Error', category: 'QueryTranslation', count: 7 },
    { level: 'Error', category: 'DataProcessing', count: 3 },
    { level: 'Information', category: 'Unknown', count: 2 },
  ],
  messages: [
    'no such class BuildingSpec:LoadBearingWall',
    'no such class BuildingSpec:CurtainWallPanel, nor any subclass of it in the schemas of this iModel',
    'property "FireRating" is ambiguous',
    'property "LoadClass" does not exist',
    `query too long: SELECT ${Array.from({ length: 40 }, (_, i) => `Column${i}`).join(', ')}`,
    'division by zero',
    'no such table',
  ].map((message) => ({ level: 'Error', category: 'GroupQuery', message })),
};

const flapping = Array.from({ length: 130 }, (_, i) =>
  each([(i + 1) * 20 * MINUTE], seen(i % 2 === 0 ? QUEUED : RUNNING)),
).flat();

const timedOut = jobAfter([...BEGINNING, ...each([3 * HOUR + 30 * SECOND], seen(RUNNING))], {
  ...BRIDGE,
  timeout: 3 * HOUR,
});
const reopened = reopen(timedOut, {
  jobId: JOB_ID,
  label: 'Bridge over the Neris, second watch',
  registeredAt: REGISTERED + 5 * HOUR,
  registeredBy: 'test',
  timeoutAt: REGISTERED + 29 * HOUR,
});

/** A run of which upstream tells when it began, and its logs alone whether there are issues. */
const OF_AN_IMODEL = {
  label: 'Bridge over the Neris',
  run: {
    kind: 'grouping-and-mapping-extraction',
    iModelId: '5e19bee0-3aea-4355-a9f0-c6df9989ee7d',
    iModelName: 'NER-17 bridge, as built',
  },
} as const;

/** What its logs name by ids. */
const NAMES = new Map(
  DEMONSTRATION_IMODEL.mappings.flatMap(({ id, mappingName, groups }) => [
    [id, mappingName] as const,
    ...groups.map((group) => [group.id, group.groupName] as const),
  ]),
);

const mapping = (state: string) => seenMapping(state, REGISTERED - 2 * MINUTE);

/** Such a run that was seen to run before it ended so. */
const mappingEndingWith = (state: string): Sighting[] => [
  [51 * SECOND, mapping('Running')],
  [15 * MINUTE + 51 * SECOND, mapping(state)],
];

/** A synchronization, and how it looks while it goes on and when it is over. */
const SYNCHRONIZATION = {
  label: 'Bridge over the Neris',
  run: {
    jobId: '5f3c0a9d2e7b41c6885d9e0f1a2b3c4d5e6f7081',
    kind: 'synchronization-run',
    connectionId: 'Qm9nd0a1ZXk3cUR4bFJzVHVWd1h5WjAxMjM0NTY3ODk',
    connectionType: 'storage',
  },
} as const;

const synchronization = (fields: object) =>
  seenOf('synchronization-run', {
    startDateTime: '2026-11-23T14:02:09.4109666Z',
    result: 'Undetermined',
    ...fields,
  });

const synchronizationEndingWith = (result: string, fields: object = {}): Sighting[] => [
  [51 * SECOND, synchronization({ state: 'WaitingToExecute' })],
  [3 * MINUTE + 51 * SECOND, synchronization({ state: 'Executing' })],
  [15 * MINUTE + 51 * SECOND, synchronization({ state: 'Completed', result, ...fields })],
];

const SYNCHRONIZATION_ERRORS = {
  error: { errorKey: 'JobsFailed', description: '2 of 3 jobs failed.' },
  jobs: [
    { result: 'Success', connectorType: 'IFC', tasks: [{ result: 'Success' }] },
    {
      result: 'Error',
      connectorType: 'DWG',
      tasks: [
        {
          result: 'Error',
          error: {
            errorCode: 'TAE_BRG_1000',
            message: 'Failed to process the file.',
            details:
              'Error exit code -7002 of the connector, which had read 4,212 of 9,120 elements.',
            kbArticleLink: 'https://example.com/kb?article=1000',
          },
        },
        { result: 'Error', error: { errorCode: 'TAE_LOCK', message: 'The file is locked.' } },
      ],
    },
  ],
};

/** A carbon calculation, and how it looks. */
const CARBON = {
  label: 'Bridge over the Neris, carbon',
  run: {
    jobId: '4d0c7e1a-9b52-4f38-8a67-1c5d9e3f7b20_9e77a3c4-5d18-4b6f-92e0-7f4a1c8d6b35',
    kind: 'carbon-one-click-lca',
  },
} as const;
const EC3 = { label: CARBON.label, run: { kind: 'carbon-ec3' } } as const;

const carbonEndingWith = (
  kind: 'carbon-ec3' | 'carbon-one-click-lca',
  status: string,
  message: string,
): Sighting[] => [
  [51 * SECOND, seenOf(kind, { status: 'Queued', message: '' })],
  [3 * MINUTE + 51 * SECOND, seenOf(kind, { status: 'Running', message: '' })],
  [15 * MINUTE + 51 * SECOND, seenOf(kind, { status, message })],
];

/** How runs end. */
export const ENDS: Readonly<Record<string, Alert>> = {
  succeeded: alertAfter(endingWith(endOf('succeeds')), BRIDGE),
  'succeeded in a usual time': alertAfter(endingWith(endOf('succeeds')), {
    ...BRIDGE,
    usual: USUAL,
  }),
  'succeeded, unusually short': alertAfter(
    [
      [51 * SECOND, seen(QUEUED)],
      [2 * MINUTE + 51 * SECOND, seen(endOf('succeeds'))],
    ],
    { ...BRIDGE, usual: USUAL },
  ),
  'succeeded with issues, of an iModel, unusually short': alertAfter(
    [
      [51 * SECOND, mapping('Queued')],
      [MINUTE + 51 * SECOND, mapping('Succeeded')],
    ],
    {
      ...OF_AN_IMODEL,
      usual: USUAL,
      logs: withNames(digestOf(endOf('succeedsWithIssues').logs), NAMES),
    },
  ),
  'succeeded, never seen Running, no label': alertAfter(
    each([22 * SECOND], seen({ state: 'Succeeded' })),
  ),
  'succeeded with issues': alertAfter(endingWith(endOf('succeedsWithIssues')), {
    ...BRIDGE,
    logs: digestOf(endOf('succeedsWithIssues').logs),
  }),
  'succeeded with issues, logs not read': alertAfter(endingWith(endOf('succeedsWithIssues')), {
    ...BRIDGE,
    logs: UNREAD,
  }),
  'partially succeeded': alertAfter(
    endingWith({ state: 'PartiallySucceeded', reason: 'Extracted 2 of 3 mappings.' }),
    { ...BRIDGE, logs: LONG_DIGEST },
  ),
  'partially succeeded with issues': alertAfter(endingWith(endOf('partiallySucceeds')), {
    ...BRIDGE,
    logs: digestOf(endOf('partiallySucceeds').logs),
  }),
  failed: alertAfter(endingWith({ ...endOf('fails'), containsIssues: false }), {
    ...BRIDGE,
    logs: digestOf(),
  }),
  'failed with issues': alertAfter(endingWith(endOf('fails')), {
    ...BRIDGE,
    logs: digestOf(endOf('fails').logs),
  }),
  'failed, no reason, no label, logs not read': alertAfter(
    [
      [40 * SECOND, seen(RUNNING)],
      [26 * HOUR, seen({ state: 'Failed' })],
    ],
    { logs: UNREAD },
  ),
  'failed, had ended when first seen': alertAfter(each([51 * SECOND], seen(endOf('fails'))), {
    ...BRIDGE,
    logs: digestOf(endOf('fails').logs),
  }),
  'succeeded, unseen for hours': alertAfter(
    [
      [40 * SECOND, seen(QUEUED)],
      [4 * MINUTE, seen(RUNNING)],
      [9 * HOUR, seen({ state: 'Succeeded', containsIssues: false }), 8 * HOUR],
    ],
    BRIDGE,
  ),
  'failed, unseen for hours, running when first seen': alertAfter(
    [
      [40 * SECOND, seen(RUNNING)],
      [9 * HOUR, seen(endOf('fails')), 8 * HOUR],
    ],
    { ...BRIDGE, logs: UNREAD },
  ),
  'succeeded, of an iModel': alertAfter(mappingEndingWith('Succeeded'), {
    ...OF_AN_IMODEL,
    logs: digestOf([{ category: 'StateChange', message: 'Completed.' }]),
  }),
  'succeeded with issues, of an iModel': alertAfter(mappingEndingWith('Succeeded'), {
    ...OF_AN_IMODEL,
    logs: withNames(digestOf(endOf('succeedsWithIssues').logs), NAMES),
  }),
  'succeeded, of an iModel, logs not read': alertAfter(mappingEndingWith('Succeeded'), {
    ...OF_AN_IMODEL,
    logs: UNREAD,
  }),
  'failed, of an iModel, had ended when first seen': alertAfter(
    each([51 * SECOND], mapping('Failed')),
    { ...OF_AN_IMODEL, logs: withNames(digestOf(endOf('fails').logs), NAMES) },
  ),
  'failed, of an iModel, no label': alertAfter(mappingEndingWith('Failed'), {
    run: OF_AN_IMODEL.run,
    logs: withNames(digestOf(endOf('fails').logs), NAMES),
  }),
  'synchronization succeeded': alertAfter(synchronizationEndingWith('Success'), SYNCHRONIZATION),
  'synchronization partially succeeded': alertAfter(
    synchronizationEndingWith('PartialSuccess', SYNCHRONIZATION_ERRORS),
    SYNCHRONIZATION,
  ),
  'synchronization failed': alertAfter(
    synchronizationEndingWith('Error', SYNCHRONIZATION_ERRORS),
    SYNCHRONIZATION,
  ),
  'synchronization aborted': alertAfter(
    synchronizationEndingWith('Cancelled', {
      error: { errorKey: 'UserNotAuthenticated', description: 'User is not authenticated.' },
    }),
    { ...SYNCHRONIZATION, run: { ...SYNCHRONIZATION.run, connectionType: 'manifest' } },
  ),
  'EC3 calculation succeeded': alertAfter(carbonEndingWith('carbon-ec3', 'Succeeded', ''), EC3),
  'EC3 calculation failed': alertAfter(
    carbonEndingWith('carbon-ec3', 'Failed', 'Report has no elements with a material.'),
    EC3,
  ),
  'One Click LCA calculation succeeded': alertAfter(
    carbonEndingWith('carbon-one-click-lca', 'Succeeded', ''),
    CARBON,
  ),
  'One Click LCA calculation failed': alertAfter(
    carbonEndingWith('carbon-one-click-lca', 'Failed', 'The report was not found.'),
    CARBON,
  ),
  'failed in a second watch': owedBy(
    watchOn(reopened, [
      [5 * HOUR + 30 * SECOND, seen(RUNNING)],
      [7 * HOUR, seen({ state: 'Failed', reason: 'The iModel is locked.' })],
    ]),
  ),
  'failed after a long time of flapping': alertAfter(
    [...flapping, [44 * HOUR, seen({ state: 'Failed', reason: 'Too many attempts.' })]],
    { ...BRIDGE, timeout: 7 * DAY },
  ),
};

/** How the monitor gives up. */
export const GIVEN_UP: Readonly<Record<string, Alert>> = {
  'not found, never seen': alertAfter(
    each([51 * SECOND, 5 * MINUTE, 11 * MINUTE], missing(404)),
    BRIDGE,
  ),
  'not found, seen before': alertAfter(
    [...BEGINNING, ...each([20 * MINUTE, 50 * MINUTE, 80 * MINUTE], missing(404))],
    BRIDGE,
  ),
  'access denied': alertAfter(each([51 * SECOND, 5 * MINUTE, 11 * MINUTE], missing(403)), BRIDGE),
  'timed out': owedBy(timedOut),
  'timed out, of an iModel': alertAfter(
    each([51 * SECOND, 3 * HOUR + 30 * SECOND], mapping('Running')),
    { ...OF_AN_IMODEL, timeout: 3 * HOUR },
  ),
  'synchronization timed out': alertAfter(
    each([51 * SECOND, 3 * HOUR + 30 * SECOND], synchronization({ state: 'Executing' })),
    { ...SYNCHRONIZATION, timeout: 3 * HOUR },
  ),
  'synchronization, access denied': alertAfter(
    each([51 * SECOND, 5 * MINUTE, 11 * MINUTE], missing(403)),
    SYNCHRONIZATION,
  ),
  'synchronization not found': alertAfter(
    each([51 * SECOND, 5 * MINUTE, 11 * MINUTE], missing(404)),
    SYNCHRONIZATION,
  ),
  'One Click LCA calculation, access denied': alertAfter(
    each([51 * SECOND, 5 * MINUTE, 11 * MINUTE], missing(403)),
    CARBON,
  ),
  'timed out without answers, no label': alertAfter([
    ...BEGINNING,
    ...each([24 * HOUR, 25 * HOUR], {
      kind: 'Failed',
      error: { name: 'ServerError', message: 'Upstream answered 503.' },
    }),
  ]),
};

/** How runs stand when somebody is reminded of them. */
export const REMINDERS: Readonly<Record<string, Alert>> = {
  'still running': alertAfter([...BEGINNING, ...each([2 * HOUR + 12 * SECOND], seen(RUNNING))], {
    ...BRIDGE,
    remindAfter: 2 * HOUR,
  }),
  'still running with issues': alertAfter(
    [
      ...BEGINNING,
      [20 * MINUTE, seen({ state: 'Publishing', reason: 'Writing tables.', containsIssues: true })],
      [2 * HOUR + 12 * SECOND, seen({ state: 'Publishing', containsIssues: true })],
    ],
    { ...BRIDGE, remindAfter: 2 * HOUR },
  ),
  'still running, unusually long': alertAfter(
    [...BEGINNING, ...each([48 * MINUTE], seen(RUNNING))],
    { ...BRIDGE, usual: USUAL },
  ),
  'still running, as wished, in a usual time': alertAfter(
    [...BEGINNING, ...each([10 * MINUTE + 12 * SECOND], seen(RUNNING))],
    { ...BRIDGE, usual: USUAL, remindAfter: 10 * MINUTE },
  ),
  'still running, unusually long, answers 404': alertAfter(
    [...BEGINNING, ...each([40 * MINUTE, 48 * MINUTE], missing(404))],
    { ...BRIDGE, usual: USUAL },
  ),
  'still running, answers 404': alertAfter(
    [...BEGINNING, ...each([90 * MINUTE, 2 * HOUR + 12 * SECOND], missing(404))],
    { ...BRIDGE, remindAfter: 2 * HOUR },
  ),
  'still running, answers 403': alertAfter(
    [...BEGINNING, ...each([90 * MINUTE, 2 * HOUR + 12 * SECOND], missing(403))],
    { ...BRIDGE, remindAfter: 2 * HOUR },
  ),
  'still registered, no label': alertAfter(each([65 * MINUTE], missing(404)), {
    remindAfter: HOUR,
  }),
};

/** Alerts to try the alerts out with. */
export const TESTS: Readonly<Record<string, Alert>> = {
  'test, failed': owedBy(
    testJob({ jobId: JOB_ID, ...BRIDGE, state: 'Failed', registeredBy: 'test' }, REGISTERED),
  ),
  'test, still running': owedBy(
    testJob({ jobId: JOB_ID, ...BRIDGE, state: 'StillRunning', registeredBy: 'test' }, REGISTERED),
  ),
};
