import { readFileSync } from 'node:fs';
import type { StackProps } from 'aws-cdk-lib';
import type { z } from 'zod';
import type { AlertTopicProps } from '../alert-topic.ts';
import type { ExtractionMonitorStackProps } from '../extraction-monitor-stack.ts';
import { DEFAULT_STACK_NAME } from './setting-conflicts.ts';
import { alertSchema, settingsSchema } from './settings-schema.ts';

type Settings = z.output<typeof settingsSchema>;

/** What the settings say of the stack. */
export type Configuration = Omit<ExtractionMonitorStackProps, keyof StackProps> &
  Required<Pick<StackProps, 'stackName'>> &
  Pick<StackProps, 'tags'>;

/** The key of the CDK context that names the file with the settings of one deployment. */
const SETTINGS_FILE = 'settings';

/** Settings are wrong: the message has a line for each, which says what to write instead. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

/**
 * Reads the settings of a deployment, as docs/configuration.md lists them: from the file that
 * `-c settings=prod.json` names, and from the rest of the CDK context (`-c key=value`), which goes before
 * the file.
 *
 * @throws {InvalidConfiguration} when one is wrong or unknown, or the file cannot be read
 */
export function readConfiguration(context: Readonly<Record<string, unknown>>): Configuration {
  const { [SETTINGS_FILE]: file, ...others } = context;
  const given = Object.entries(others).filter(([key]) => isSetting(key));
  const settings = { ...readSettings(file), ...Object.fromEntries(given) };
  const { data, error } = settingsSchema.safeParse(settings, { reportInput: true });
  if (error) throw new InvalidConfiguration(settingProblems(error.issues).join('\n'));
  return toConfiguration(data);
}

/** What is in a file of settings, by key. */
function readSettings(file: unknown): object {
  if (file === undefined) return {};
  const wrong = (problem: string) =>
    new InvalidConfiguration(
      `settings is ${JSON.stringify(file)}, ${problem}: write the path of a file with JSON such as ` +
        '{"stackName": "ExtractionMonitorProd", "emails": ["team@example.com"]}.',
    );
  const content = parse(String(file), wrong);
  if (typeof content !== 'object' || !content || Array.isArray(content)) {
    throw wrong('in which there are no settings by name');
  }
  return content;
}

function parse(file: string, wrong: (problem: string) => Error): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(`which is no JSON (${error.message})`);
    throw wrong('which cannot be read');
  }
}

/**
 * The context holds keys of CDK too. They have a colon, a slash or a hyphen in them, as in
 * `cdk-migrate`; but so may a setting that is misspelt.
 */
function isSetting(key: string): boolean {
  const isWord = /^[a-z0-9]+$/i.test(key);
  return isWord || closestWord(key, Object.keys(settingsSchema.shape)) !== undefined;
}

/** What the tokens of the page are asked for unless the settings say otherwise. */
const DEFAULT_SCOPE = 'itwin-platform';

function toConfiguration(settings: Settings): Configuration {
  const { emails, phoneNumbers, alerts, jwtIssuer, jwtAudience, ...callers } = settings;
  const { pageClientId, pageScope = DEFAULT_SCOPE, ...others } = callers;
  const { stackName = DEFAULT_STACK_NAME } = settings;
  const { admittedClients, admittedSubjects, admittedOrganizations, ...rest } = others;
  const tokens = jwtIssuer && {
    issuer: jwtIssuer,
    audience: jwtAudience,
    admitted: {
      clientIds: admittedClients,
      subjects: admittedSubjects,
      organizations: admittedOrganizations,
    },
    ...(pageClientId && { page: { clientId: pageClientId, scope: pageScope } }),
  };
  return { ...rest, stackName, ...(tokens && { tokens }), alerts: toAlerts(settings) };
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

/** Each of the issues as a sentence that says what to write instead. */
function settingProblems(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const { shape } = issue.path.length === 0 ? settingsSchema : alertSchema;
      return issue.keys.map((key) => unknownSetting([...issue.path, key], Object.keys(shape)));
    }
    if (issue.path.length === 0) return issue.message;
    return `${nameOf(issue.path)} is ${JSON.stringify(issue.input)}: write ${issue.message}.`;
  });
}

function unknownSetting(path: readonly PropertyKey[], known: readonly string[]): string {
  const closest = closestWord(String(path.at(-1)), known);
  const help = closest ? `Did you mean ${closest}?` : `There are ${known.join(', ')}.`;
  return `${nameOf(path)} is not a setting. ${help}`;
}

/** As in `alerts[0].states[1]`. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);
}

/**
 * The one of the words that somebody probably meant, if any: letter case and punctuation aside, at
 * least half of it must be as it was written.
 */
function closestWord(written: string, words: readonly string[]): string | undefined {
  const [closest] = words
    .map((word) => ({ word, edits: editsBetween(plain(written), plain(word)) }))
    .filter(({ word, edits }) => edits <= word.length / 2)
    .sort((a, b) => a.edits - b.edits);
  return closest?.word;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** How many letters must be inserted, deleted or replaced (Levenshtein distance). */
function editsBetween(from: string, to: string): number {
  let edits = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, wanted] of [...to].entries()) {
      const replaced = Number(edits[j]) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, Number(edits[j + 1]) + 1, Number(next[j]) + 1));
    }
    edits = next;
  }
  return Number(edits.at(-1));
}
