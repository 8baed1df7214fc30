import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import cdk from '../../../cdk.json' with { type: 'json' };
import { parseDigestAt } from '../../../functions/core/alerts/digest-schedule.ts';
import { ALERT_STATES, JOB_KINDS } from '../../../lib/alert-filter.ts';
import {
  InvalidConfiguration,
  readConfiguration,
} from '../../../lib/configuration/configuration.ts';
import { alertSchema, settingsSchema } from '../../../lib/configuration/settings-schema.ts';
import { templateOf } from '../support/stack.ts';

const JWT = {
  jwtIssuer: 'https://ims.bentley.com',
  jwtAudience: 'extraction-monitor',
  admittedClients: 'service-1',
};

const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';

describe('a setting', () => {
  it('may come as JSON, from cdk.json, or as a string, from the command line', () => {
    const fromFile = {
      stackName: 'Trial',
      tags: { team: 'bridges' },
      ephemeral: true,
      emails: ['a@example.com', 'b@example.com'],
      checksPerMinute: 500,
      remindAfterMinutes: 120,
      imodels: [IMODEL],
      alerts: [{ phone: '+37060000000', states: ['Failed', 'TimedOut'], onlyWithIssues: true }],
    };
    const fromCommandLine = {
      stackName: 'Trial',
      tags: '{"team": "bridges"}',
      ephemeral: 'true',
      emails: 'a@example.com, b@example.com',
      checksPerMinute: '500',
      remindAfterMinutes: '120',
      imodels: IMODEL.toUpperCase(),
      alerts: '[{"phone": "+37060000000", "states": "Failed,TimedOut", "onlyWithIssues": "true"}]',
    };
    const configuration = readConfiguration(fromFile);
    expect(readConfiguration(fromCommandLine)).toEqual(configuration);
    expect(configuration).toMatchObject({
      ephemeral: true,
      checksPerMinute: 500,
      remindAfterMinutes: 120,
      imodels: [IMODEL],
      alerts: {
        emails: [{ address: 'a@example.com' }, { address: 'b@example.com' }],
        phoneNumbers: [
          {
            number: '+37060000000',
            filter: { states: ['Failed', 'TimedOut'], onlyWithIssues: true },
          },
        ],
      },
    });
  });

  it('lets readers sign in at the page, for the scope of the iTwin Platform unless it says', () => {
    const signIn = (settings: object) => readConfiguration({ ...JWT, ...settings }).tokens?.page;
    const clientId = 'spa-7';
    expect(signIn({ pageClientId: clientId })).toEqual({ clientId, scope: 'itwin-platform' });
    const scope = 'jobs.read jobs.write';
    expect(signIn({ pageClientId: clientId, pageScope: scope })).toEqual({ clientId, scope });
    expect(signIn({})).toBeUndefined();
  });

  it('may be a list in JSON on the command line', () => {
    expect(readConfiguration({ emails: '["a@example.com"]' }).alerts?.emails).toEqual([
      { address: 'a@example.com' },
    ]);
  });

  it('need not be there: without any, nobody is told and only IAM identities may call', () => {
    expect(readConfiguration({})).toEqual({
      stackName: 'ExtractionMonitor',
      tags: {},
      alerts: { emails: [], phoneNumbers: [] },
      corsOrigins: [],
      imodels: [],
    });
  });

  it('is never one of the keys that CDK has in the context for itself', () => {
    const ofCdk = {
      ...cdk.context,
      'aws:cdk:bundling-stacks': ['**'],
      'acknowledged-issue-numbers': [1],
      'cdk-migrate': true,
      'cli-telemetry': false,
      'availability-zones:account=1:region=eu-north-1': ['eu-north-1a'],
    };
    expect(readConfiguration(ofCdk)).toEqual(readConfiguration({}));
  });

  it.each(['configuration', 'api'])(
    'may be a kind, and docs/%s.md names them all',
    async (name) => {
      const text = await readFile(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
      for (const kind of JOB_KINDS) expect(text).toContain(`\`${kind}\``);
    },
  );

  it('is in the table of docs/configuration.md, and so are no others', async () => {
    const text = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
    const { email: _, phone: __, ...conditions } = alertSchema.shape;
    expect(rows).toEqual(Object.keys({ ...settingsSchema.shape, ...conditions }));
  });
});

describe('the settings of one deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileWith = (content: string) => {
    const path = join(folder, 'prod.json');
    writeFileSync(path, content);
    return path;
  };

  it('are in a file, and what the command line says goes before it', () => {
    const settings = fileWith('{"stackName": "Prod", "emails": ["a@example.com"]}');
    const configuration = readConfiguration({ settings, emails: 'b@example.com' });
    expect(configuration).toMatchObject({
      stackName: 'Prod',
      alerts: { emails: [{ address: 'b@example.com' }] },
    });
  });

  it('are refused in a file as they are elsewhere, misspelt ones too', () => {
    const settings = fileWith('{"operator-mail": "a@example.com", "checksPerMinute": 0}');
    expect(() => readConfiguration({ settings })).toThrow(
      /^checksPerMinute is 0: .+\noperator-mail is not a setting\. Did you mean operatorEmail\?$/,
    );
  });

  it.each([
    ['is not there', () => join(folder, 'dev.json'), 'which cannot be read'],
    ['is no JSON', () => fileWith('emails: a'), 'which is no JSON'],
    ['is a list', () => fileWith('[]'), 'in which there are no settings by name'],
  ])('cannot be in a file that %s', (_, path, problem) => {
    const settings = path();
    expect(() => readConfiguration({ settings })).toThrow(InvalidConfiguration);
    expect(() => readConfiguration({ settings })).toThrow(
      `settings is ${JSON.stringify(settings)}, ${problem}`,
    );
  });
});

describe('callers with a token', () => {
  it('are described by the issuer, the audience and the lists of the admitted', () => {
    expect(readConfiguration({ ...JWT, admittedOrganizations: ['org-1'] }).tokens).toEqual({
      issuer: 'https://ims.bentley.com',
      audience: ['extraction-monitor'],
      admitted: { clientIds: ['service-1'], subjects: [], organizations: ['org-1'] },
    });
  });
});

/** What is wrong, and what the person is told. */
const I_MODEL = '5e19bee0-3aea-4355-a9f0-c6df9989ee7d';

const TAGS =
  'JSON such as {"team": "bridges", "cost": "42"}: 50 at most, of letters, digits, blanks and _.:/=+-@, ' +
  'keys of up to 128 characters that do not begin with aws: and differ in more than letter case, values of 1 to 256';

const REFUSED: readonly (readonly [object, string])[] = [
  [
    { stackName: '2nd' },
    'stackName is "2nd": write letters, digits and hyphens that begin with a letter, 128 at most.',
  ],
  [{ tags: { 'aws:team': 'bridges' } }, `tags.aws:team is "aws:team": write ${TAGS}.`],
  [{ tags: 'team' }, `tags is "team": write ${TAGS}.`],
  [{ tags: { team: 'R&D' } }, `tags.team is "R&D": write ${TAGS}.`],
  [{ tags: { a$b: '' } }, `tags.a$b is "a$b": write ${TAGS}.`],
  [{ tags: { team: '' } }, `tags.team is "": write ${TAGS}.`],
  [
    { tags: { Team: 'bridges', team: 'roads' } },
    `tags is {"Team":"bridges","team":"roads"}: write ${TAGS}.`,
  ],
  [{ ephemeral: 'yes', stackName: 'Trial' }, 'ephemeral is "yes": write true or false.'],
  [
    { ephemeral: true },
    'ephemeral takes the backups and the protection off the tables of ExtractionMonitor, which may be the ones that people rely on. Write a stackName of its own.',
  ],
  [
    { emails: 'a@example.com,b.example.com' },
    'emails[1] is "b.example.com": write an address such as team@example.com.',
  ],
  [{ emails: 5 }, 'emails is 5: write addresses with commas between them.'],
  [
    { phoneNumbers: ['060000000'] },
    'phoneNumbers[0] is "060000000": write a number in E.164 form such as +37060000000.',
  ],
  [
    { alerts: 'team@example.com' },
    'alerts is "team@example.com": write JSON such as [{"email": "team@example.com", "states": ["Failed"]}].',
  ],
  [
    { alerts: [{ email: 'a@example.com', states: ['Failled'] }] },
    `alerts[0].states[0] is "Failled": write one of ${ALERT_STATES.join(', ')}.`,
  ],
  [
    { alerts: [{ email: 'a@example.com', states: [] }] },
    'alerts[0].states is empty: name a state, or leave it out.',
  ],
  [
    { alerts: [{ email: 'a@example.com', jobKinds: ['carbon'] }] },
    `alerts[0].jobKinds[0] is "carbon": write one of ${JOB_KINDS.join(', ')}.`,
  ],
  [
    { alerts: [{ email: 'a@example.com', iModelIds: ['bridge'] }] },
    'alerts[0].iModelIds[0] is "bridge": write the id of an iModel, a UUID.',
  ],
  [
    { alerts: [{ email: 'a@example.com', iModelIds: [] }] },
    'alerts[0].iModelIds is empty: name an iModel, or leave it out.',
  ],
  [
    { alerts: [{ email: 'a@example.com', iModelIds: Array(151).fill(I_MODEL) }] },
    "alerts[0].iModelIds must be fewer: multiplied by other conditions they are over 150, SNS's most.",
  ],
  [
    { alerts: [{ email: 'a@example.com', labelprefix: 'B' }] },
    'alerts[0].labelprefix is not a setting. Did you mean labelPrefixes?',
  ],
  [{ alerts: [{ states: ['Failed'] }] }, 'alerts[0]: write either an email or a phone.'],
  [
    { alerts: [{ email: 'a@example.com', phone: '+37060000000' }] },
    'alerts[0]: write either an email or a phone.',
  ],
  [
    { emails: 'a@example.com', alerts: [{ email: 'a@example.com', states: ['Failed'] }] },
    'a@example.com is there twice, and SNS keeps one subscription of a receiver: write it once.',
  ],
  [
    { emails: Array.from({ length: 150 }, (_, n) => `person-${n}@example.com`) },
    'The receivers of alerts, admitted callers, iModels and addresses have 1914 characters more than the environment of a function holds. Subscribe a mailing list, admit an organization instead of each of its members, or name receivers and iModels over the API.',
  ],
  [
    { operatorEmail: 'nobody' },
    'operatorEmail is "nobody": write an address such as team@example.com.',
  ],
  [{ imodels: 'harbour' }, 'imodels[0] is "harbour": write the id of an iModel, a UUID.'],
  [
    { imodels: [IMODEL, IMODEL] },
    `imodels is ["${IMODEL}","${IMODEL}"]: write ids of at most 50 iModels, each once, with commas between them.`,
  ],
  [{ checksPerMinute: '0' }, 'checksPerMinute is 0: write a whole number from 1 to 5000.'],
  [{ checksPerMinute: 5_001 }, 'checksPerMinute is 5001: write a whole number from 1 to 5000.'],
  [{ checkEverySeconds: 14 }, 'checkEverySeconds is 14: write a whole number from 15 to 60.'],
  [{ checksPerMinute: 'all' }, 'checksPerMinute is "all": write a whole number from 1 to 5000.'],
  [
    { remindAfterMinutes: 10_080 },
    'remindAfterMinutes is 10080: write a whole number from 1 to 10079.',
  ],
  [
    { itwinApiUrl: 'https://api.bentley.com/insights' },
    'itwinApiUrl is "https://api.bentley.com/insights": write scheme and host alone, such as https://api.bentley.com.',
  ],
  [
    { itwinApiUrl: 'http://api.bentley.com' },
    'itwinApiUrl is "http://api.bentley.com": write scheme and host alone, such as https://api.bentley.com.',
  ],
  [
    { itwinTokenUrl: 'http://ims.bentley.com' },
    'itwinTokenUrl is "http://ims.bentley.com": write an address such as https://ims.bentley.com/connect/token.',
  ],
  [
    { itwinTokenUrl: 'https://me:pw@ims.bentley.com/connect/token' },
    'itwinTokenUrl is "https://me:pw@ims.bentley.com/connect/token": write an address such as https://ims.bentley.com/connect/token.',
  ],
  ...[
    'https://x.example.com/#/runs',
    'https://x.example.com/?a',
    'https://me:pw@x.example.com',
  ].map(
    (pageUrl) =>
      [
        { pageUrl },
        `pageUrl is "${pageUrl}": write an address such as https://monitor.example.com.`,
      ] as const,
  ),
  [
    { runbookUrl: 'https://x.example.com/ y' },
    'runbookUrl is "https://x.example.com/ y": write an address such as https://wiki.example.com/operations.',
  ],
  ...[' ', 'x'.repeat(101), 'a\u0007'].map(
    (prefix) =>
      [
        { alerts: [{ email: 'a@example.com', exceptLabelPrefix: prefix }] },
        `alerts[0].exceptLabelPrefix is ${JSON.stringify(prefix)}: write the beginning of a label, 100 characters at most.`,
      ] as const,
  ),
  [
    { emails: 'a@example.com, a@EXAMPLE.com' },
    'a@example.com is there twice, and SNS keeps one subscription of a receiver: write it once.',
  ],
  [
    { itwinClientAuthentication: 'basic' },
    'itwinClientAuthentication is "basic": write client_secret_post or client_secret_basic.',
  ],
  [
    { ...JWT, jwtIssuer: 'ims.bentley.com' },
    'jwtIssuer is "ims.bentley.com": write an address such as https://ims.bentley.com.',
  ],
  [
    { ...JWT, jwtAudience: '' },
    'jwtIssuer is of no use without jwtAudience: write whom the tokens are for.',
  ],
  [
    { ...JWT, admittedClients: [' '] },
    'admittedClients[0] is "": write claim values without blanks and without a leading bracket, with commas between them.',
  ],
  [
    { ...JWT, admittedSubjects: ['[a b]'] },
    'admittedSubjects[0] is "[a b]": write claim values without blanks and without a leading bracket, with commas between them.',
  ],
  [
    { ...JWT, admittedClients: [] },
    'With jwtIssuer alone whoever has a valid token may call, and Bentley gives one to every customer. Write whom you admit: admittedClients, admittedSubjects, admittedOrganizations.',
  ],
  [
    { ...JWT, admittedSubjects: Array.from({ length: 300 }, (_, n) => `somebody-${n}`) },
    'The receivers of alerts, admitted callers, iModels and addresses have 2099 characters more than the environment of a function holds. Subscribe a mailing list, admit an organization instead of each of its members, or name receivers and iModels over the API.',
  ],
  [
    { pageScope: 'itwin-platform' },
    'pageScope: of no use without jwtIssuer. Write who issues the tokens.',
  ],
  [
    { ...JWT, pageScope: 'itwin-platform' },
    'pageScope is of no use without pageClientId: write the client that the page signs in with.',
  ],
  [
    { runbookUrl: 'https://wiki.example.com/x#y' },
    'runbookUrl is "https://wiki.example.com/x#y": write an address without #: alarms add their own.',
  ],
  [
    { ...JWT, pageClientId: '' },
    'pageClientId is "": write the id of a public client of the issuer, such as spa-7.',
  ],
  [
    { pageClientId: 'spa-7' },
    'pageClientId: of no use without jwtIssuer. Write who issues the tokens.',
  ],
  [
    { jwtAudience: 'a', admittedSubjects: 'b' },
    'jwtAudience, admittedSubjects: of no use without jwtIssuer. Write who issues the tokens.',
  ],
  [
    { corsOrigins: '*' },
    'corsOrigins[0] is "*": write scheme and host, such as https://app.example.com.',
  ],
  [
    { corsOrigins: 'https://*' },
    'corsOrigins[0] is "https://*": write scheme and host, such as https://app.example.com.',
  ],
  [
    { corsOrigins: 'https://app.example.com/' },
    'corsOrigins[0] is "https://app.example.com/": write scheme and host, such as https://app.example.com.',
  ],
  [{ emial: 'a@example.com' }, 'emial is not a setting. Did you mean emails?'],
  [
    { 'operator-email': 'a@example.com' },
    'operator-email is not a setting. Did you mean operatorEmail?',
  ],
];

describe('settings that are refused, and what to write instead', () => {
  const cases = REFUSED.map(([settings, sentence]) => ({ settings, sentence }));

  it.each(cases)('$sentence', ({ settings, sentence }) => {
    expect(() => readConfiguration({ ...settings })).toThrow(new InvalidConfiguration(sentence));
  });

  it('a key that is like no other: all keys are named', () => {
    expect(() => readConfiguration({ colour: 'red' })).toThrow(
      /^colour is not a setting\. There are stackName, tags, ephemeral, emails, .*corsOrigins\.$/,
    );
  });

  it('several at once: each is told', () => {
    expect(() => readConfiguration({ emial: 'x', checksPerMinute: 0 })).toThrow(
      new InvalidConfiguration(
        'checksPerMinute is 0: write a whole number from 1 to 5000.\n' +
          'emial is not a setting. Did you mean emails?',
      ),
    );
  });
});

describe('when digests are due', () => {
  const days = fc.constantFrom(
    '',
    'Mon ',
    'Mon-Fri ',
    'Sat,Sun ',
    'Fri-Mon,Wed ',
    'Mo ',
    'Mon- ',
    ', ',
  );
  const times = fc.constantFrom('07:00', '23:59', '24:00', '7:00', '07:60', '');
  const zones = fc.constantFrom('', ' UTC', ' Europe/Vilnius', ' Nowhere/Town', ' UTC UTC');

  it('is taken as the monitor takes it, and refused as it refuses it', () => {
    const property = fc.property(days, times, zones, (...parts) => {
      const digestAt = parts.join('');
      const isTaken = parseDigestAt(digestAt, 'UTC') !== undefined;
      const read = () => readConfiguration({ digestAt });
      if (isTaken) expect(read()).toMatchObject({ digestAt });
      else expect(read).toThrow('write a time such as 07:00, Mon-Fri 07:00 or');
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('is what the monitor is told', () => {
    const template = templateOf({ digestAt: 'Mon-Fri 07:00 Europe/Vilnius' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ DIGEST_AT: 'Mon-Fri 07:00 Europe/Vilnius' }),
      },
    });
  });
});
