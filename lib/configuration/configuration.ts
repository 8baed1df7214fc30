import type { StackProps } from 'aws-cdk-lib';
import type { z } from 'zod';
import type { AlertTopicProps } from '../alert-topic.ts';
import type { ExtractionMonitorStackProps } from '../extraction-monitor-stack.ts';
import { closestWord } from './closest-word.ts';
import { settingProblems } from './setting-problems.ts';
import { settingsSchema } from './settings-schema.ts';

type Settings = z.output<typeof settingsSchema>;

/** What the settings say of the stack. */
export type Configuration = Omit<ExtractionMonitorStackProps, keyof StackProps>;

/** Settings are wrong: the message has a line for each, which says what to write instead. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

/**
 * Reads the settings of a deployment, as docs/configuration.md lists them, from the CDK context:
 * `cdk.json` or `-c key=value`.
 *
 * @throws {InvalidConfiguration} when one is wrong or unknown
 */
export function readConfiguration(context: Readonly<Record<string, unknown>>): Configuration {
  const given = Object.entries(context).filter(([key]) => isSetting(key));
  const { data, error } = settingsSchema.safeParse(Object.fromEntries(given), {
    reportInput: true,
  });
  if (error) throw new InvalidConfiguration(settingProblems(error.issues).join('\n'));
  return toConfiguration(data);
}

/**
 * The context holds keys of CDK too. They have a colon, a slash or a hyphen in them, as in
 * `cdk-migrate`; but so may a setting that is misspelt.
 */
function isSetting(key: string): boolean {
  const isWord = /^[a-z0-9]+$/i.test(key);
  return isWord || closestWord(key, Object.keys(settingsSchema.shape)) !== undefined;
}

function toConfiguration(settings: Settings): Configuration {
  const { emails, phoneNumbers, alerts, jwtIssuer, jwtAudience, ...others } = settings;
  const { admittedClients, admittedSubjects, admittedOrganizations, ...rest } = others;
  const tokens = jwtIssuer && {
    issuer: jwtIssuer,
    audience: jwtAudience,
    admitted: {
      clientIds: admittedClients,
      subjects: admittedSubjects,
      organizations: admittedOrganizations,
    },
  };
  return { ...rest, ...(tokens && { tokens }), alerts: toAlerts(settings) };
}

function toAlerts({ emails, phoneNumbers, alerts }: Settings): AlertTopicProps {
  return {
    emails: [
      ...emails.map((address) => ({ address })),
      ...alerts.flatMap(({ email, phone: _, ...filter }) =>
        email ? [{ address: email, filter }] : [],
      ),
    ],
    phoneNumbers: [
      ...phoneNumbers.map((number) => ({ number })),
      ...alerts.flatMap(({ phone, email: _, ...filter }) =>
        phone ? [{ number: phone, filter }] : [],
      ),
    ],
  };
}
