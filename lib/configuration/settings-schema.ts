import { z } from 'zod';
import { ALERT_STATES, JOB_KINDS } from '../alert-filter.ts';
import { refuseConflicts } from './setting-conflicts.ts';

const EMAIL = 'an address such as team@example.com';
const PHONE = 'a number in E.164 form such as +37060000000';
const NAMES = 'names that are not empty, with commas between them';
const CLAIMS =
  'claim values without blanks and without a leading bracket, with commas between them';
const FLAG = 'true or false';
const STACK_NAME = 'letters, digits and hyphens that begin with a letter, 128 at most';
const KIND = `one of ${JOB_KINDS.join(', ')}`;
const CLIENT_ID = 'the id of a public client of the issuer, such as spa-7';
const SCOPE = 'scopes with blanks between them';
const LABEL_PREFIX = 'the beginning of a label, 100 characters at most';
const DIGEST = 'a time such as 07:00, Mon-Fri 07:00 or Mon,Thu 18:30 Europe/Vilnius';
const IMODEL = 'the id of an iModel, a UUID';
const IMODELS = 'ids of at most 50 iModels, each once, with commas between them';

/** With the rest of its text an alarm has at most 1,024 characters [CloudWatch API reference, PutMetricAlarm]. */
const RUNBOOK_LENGTH = 500;

const email = z.email(EMAIL);
const phone = z.e164(PHONE);
const names = list(z.string(NAMES).trim().min(1, NAMES), NAMES);
/** What the API function takes for a claim value: nothing that an array could be mistaken for. */
const claims = list(
  z
    .string(CLAIMS)
    .trim()
    .regex(/^(?!\[)\S+$/, CLAIMS),
  CLAIMS,
);
const state = z.enum(ALERT_STATES, `one of ${ALERT_STATES.join(', ')}`);

/** What the API takes for a label can begin so: no other would ever be told of. */
const labelPrefix = z
  .string(LABEL_PREFIX)
  .regex(/^(?=.*[^\s\p{Cf}])[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]{1,100}$/u, LABEL_PREFIX);

/** A subscription with a filter. */
export const alertSchema = z.strictObject(
  {
    email: email.exactOptional(),
    phone: phone.exactOptional(),
    states: list(state, 'states with commas between them').exactOptional(),
    onlyWithIssues: flag(FLAG).exactOptional(),
    labelPrefixes: list(
      labelPrefix,
      'beginnings of labels with commas between them',
    ).exactOptional(),
    exceptLabelPrefix: labelPrefix.exactOptional(),
    jobKinds: list(z.enum(JOB_KINDS, KIND), 'kinds with commas between them').exactOptional(),
    iModelIds: list(
      z.guid(IMODEL).toLowerCase(),
      'ids of iModels with commas between them',
    ).exactOptional(),
    exceptIModelIds: list(
      z.guid(IMODEL).toLowerCase(),
      'ids of iModels with commas between them',
    ).exactOptional(),
  },
  'an object such as {"email": "team@example.com", "states": ["Failed"]}',
);

/** The settings of a deployment, as docs/configuration.md describes them. */
export const settingsSchema = z
  .strictObject({
    stackName: z
      .string(STACK_NAME)
      .regex(/^[a-z][a-z0-9-]{0,127}$/i, STACK_NAME)
      .exactOptional(),
    tags: tags(
      'JSON such as {"team": "bridges", "cost": "42"}: 50 at most, of letters, digits, blanks and _.:/=+-@, ' +
        'keys of up to 128 characters that do not begin with aws: and differ in more than letter case, ' +
        'values of 1 to 256',
    ).default({}),
    ephemeral: flag(FLAG).exactOptional(),
    emails: list(email, 'addresses with commas between them').default([]),
    phoneNumbers: list(phone, 'numbers with commas between them').default([]),
    alerts: objects(
      alertSchema,
      'JSON such as [{"email": "team@example.com", "states": ["Failed"]}]',
    ).default([]),
    operatorEmail: email.exactOptional(),
    operatorKey: flag(FLAG).exactOptional(),
    smsMonthlyQuota: integer(
      1,
      1_000_000,
      'a whole number of USD from 1 to 1000000',
    ).exactOptional(),
    runbookUrl: httpsUrl('an address such as https://wiki.example.com/operations')
      .refine((text) => !text.includes('#'), 'an address without #: alarms add their own')
      .max(
        RUNBOOK_LENGTH,
        `an address of at most ${RUNBOOK_LENGTH} characters: alarms have it in their text`,
      )
      .exactOptional(),
    checksPerMinute: integer(1, 5_000, 'a whole number from 1 to 5000').exactOptional(),
    checkEverySeconds: integer(15, 60, 'a whole number from 15 to 60').exactOptional(),
    imodels: list(z.guid(IMODEL).toLowerCase(), IMODELS)
      .refine((ids) => ids.length <= 50 && new Set(ids).size === ids.length, IMODELS)
      .default([]),
    remindAfterMinutes: integer(1, 10_079, 'a whole number from 1 to 10079').exactOptional(),
    unusuallyLong: flag(FLAG).exactOptional(),
    digestAt: z.string(DIGEST).refine(isDigestAt, DIGEST).exactOptional(),
    itwinApiUrl: origin(
      ['https:'],
      'scheme and host alone, such as https://api.bentley.com',
    ).exactOptional(),
    itwinTokenUrl: httpsUrl(
      'an address such as https://ims.bentley.com/connect/token',
    ).exactOptional(),
    itwinClientAuthentication: z
      .enum(
        ['client_secret_post', 'client_secret_basic'],
        'client_secret_post or client_secret_basic',
      )
      .exactOptional(),
    jwtIssuer: baseUrl('an address such as https://ims.bentley.com').exactOptional(),
    jwtAudience: names.default([]),
    admittedClients: claims.default([]),
    admittedSubjects: claims.default([]),
    admittedOrganizations: claims.default([]),
    pageClientId: z.string(CLIENT_ID).regex(/^\S+$/, CLIENT_ID).exactOptional(),
    pageScope: z.string(SCOPE).trim().min(1, SCOPE).exactOptional(),
    pageUrl: baseUrl('an address such as https://monitor.example.com').exactOptional(),
    corsOrigins: list(
      origin(['https:', 'http:'], 'scheme and host, such as https://app.example.com'),
      'origins with commas between them',
    ).default([]),
  })
  .superRefine(refuseConflicts);

// Values of the CDK context are strings when they come from `-c key=value` and any JSON when they come
// from `cdk.json`. `wanted` says, as the end of "write …", what will do.

/** `true` or `false`. */
function flag(wanted: string) {
  return z.preprocess(fromJson, z.boolean(wanted));
}

/** A whole number from `min` to `max`. */
function integer(min: number, max: number, wanted: string) {
  return z.preprocess(fromJson, z.int(wanted).min(min, wanted).max(max, wanted));
}

/** A list: a JSON array, or items with commas between them. */
function list<Item extends z.ZodType>(item: Item, wanted: string) {
  return z.preprocess(toList, z.array(item, wanted));
}

const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const DAYS = `${WEEKDAY}(?:-${WEEKDAY})?`;
const DIGEST_AT = new RegExp(`^(?:${DAYS}(?:,${DAYS})* )?(?:[01]\\d|2[0-3]):[0-5]\\d(?: (\\S+))?$`);

/** Whether the monitor takes it for when digests are due. */
function isDigestAt(text: string): boolean {
  const [all, timeZone = 'UTC'] = DIGEST_AT.exec(text) ?? [];
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return all !== undefined;
  } catch {
    return false;
  }
}

/** A JSON array of objects. */
function objects<Item extends z.ZodType>(item: Item, wanted: string) {
  return z.preprocess(fromJson, z.array(item, wanted));
}

/** An address with https, and without a password, which would be in clear wherever it is used. */
function httpsUrl(wanted: string) {
  return z.string(wanted).refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === 'https:' && !url.username && !url.password && !/\s/.test(text);
  }, wanted);
}

/** The same of what paths are added to. */
function baseUrl(wanted: string) {
  return httpsUrl(wanted).refine((text) => !/[?#]/.test(text), wanted);
}

/** Scheme, host and port, and nothing behind them; `https://*` would be every host. */
function origin(schemes: readonly string[], wanted: string) {
  return z.string(wanted).refine((text) => {
    const url = URL.parse(text);
    return url?.origin === text && schemes.includes(url.protocol) && !url.hostname.includes('*');
  }, wanted);
}

/**
 * Keys with values, at most 50, as AWS takes them: IAM the fewest characters of all services, and letter case as no
 * difference of keys; CloudFormation no empty value
 * [https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html,
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html].
 */
function tags(wanted: string) {
  const key = z.string().regex(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu);
  const value = z.string(wanted).regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u, wanted);
  const map = z.record(key, value, wanted).refine((all) => {
    const keys = Object.keys(all).map((each) => each.toLowerCase());
    return keys.length <= 50 && new Set(keys).size === keys.length;
  }, wanted);
  return z.preprocess(fromJson, map);
}

function toList(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim().startsWith('[')) return fromJson(value);
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** What is no JSON stays as it is, for the schema to refuse. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
