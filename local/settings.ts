import {
  apiUrlSetting,
  declaredIModels,
  digestSetting,
  type Environment,
  InvalidSetting,
  integerSetting,
  pageUrlSetting,
  reminderSetting,
  switchSetting,
  timeZoneSetting,
} from '../functions/adapters/lambda/environment.ts';
import { type MailSettings, readMailSettings } from './mail/settings.ts';

/** Settings of the local run, as `npm start` takes them from the environment. */
export interface LocalSettings {
  /** Port of the API; 0 takes any free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Host names by which a proxy in front asks, in lower case. */
  readonly names: readonly string[];
  /** Whether to tell of nothing but what needs somebody. */
  readonly isQuiet: boolean;
  /** In which people are told times; an IANA name. Default: UTC, at the terminal that of the machine. */
  readonly timeZone?: string;
  readonly sweepSeconds: number;
  /** From a sweep to its follow-ups, where sweeps come once a minute or more rarely. */
  readonly checkEverySeconds: number;
  readonly checksPerMinute: number;
  /** After how many minutes a reminder is due where a registration says nothing; 0: never. */
  readonly remindAfterMinutes: number;
  /** Whether somebody is told when a run becomes unusually long. */
  readonly unusuallyLong: boolean;
  /** Ids of iModels to watch besides those that are asked for over the API. */
  readonly iModels: readonly string[];
  /** Where tables and alerts are kept; in memory when absent. */
  readonly dataDir?: string;
  /** Alerts are mailed only when this is there. */
  readonly mail?: MailSettings;
  /** When digests are due, as the monitor takes it. */
  readonly digestAt?: string;
  /** Where people find the page; mails link to it. */
  readonly pageUrl?: string;
  /** What answers instead of the simulator; the settings that the monitor takes as they are. */
  readonly upstream?: Readonly<Record<string, string>>;
}

const CREDENTIALS = [
  'ITWIN_ACCESS_TOKEN',
  'ITWIN_CLIENT_ID',
  'ITWIN_CLIENT_SECRET',
  'ITWIN_TOKEN_URL',
  'ITWIN_CLIENT_AUTHENTICATION',
] as const;

/**
 * Reads the settings of the local run.
 *
 * @throws InvalidSetting, which says what to set
 */
export function readLocalSettings(environment: Environment): LocalSettings {
  const { DATA_DIR: dataDir } = environment;
  const mail = readMailSettings(environment);
  const upstream = upstreamSettings(environment);
  return {
    port: integerSetting(environment, 'PORT', { min: 0, max: 65_535, fallback: 3_000 }),
    host: environment.HOST || '127.0.0.1',
    names: hostNames(environment.ALLOWED_HOST),
    isQuiet: switchSetting(environment, 'QUIET', false),
    ...(environment.TIME_ZONE && { timeZone: timeZoneSetting(environment) }),
    sweepSeconds: integerSetting(environment, 'SWEEP_SECONDS', { min: 1, max: 3_600, fallback: 5 }),
    checkEverySeconds: integerSetting(environment, 'CHECK_EVERY_SECONDS', {
      min: 15,
      max: 60,
      fallback: 15,
    }),
    checksPerMinute: integerSetting(environment, 'CHECKS_PER_MINUTE', {
      min: 1,
      max: 5_000,
      fallback: 60,
    }),
    remindAfterMinutes: reminderSetting(environment),
    unusuallyLong: switchSetting(environment, 'UNUSUALLY_LONG', true),
    ...(environment.PAGE_URL && { pageUrl: pageUrlSetting(environment) }),
    ...(environment.DIGEST_AT && digestSetting(environment) && { digestAt: environment.DIGEST_AT }),
    iModels: declaredIModels(environment),
    ...(dataDir && { dataDir }),
    ...(mail && { mail }),
    ...(upstream && { upstream }),
  };
}

/** Names without scheme, port and path. */
function hostNames(value = ''): readonly string[] {
  const names = value
    .toLowerCase()
    .split(',')
    .flatMap((name) => name.trim() || []);
  const wrong = names.find((name) => URL.parse(`http://${name}`)?.hostname !== name);
  if (wrong === undefined) return names;
  throw new InvalidSetting(
    `ALLOWED_HOST has "${wrong}" in it; set it to a host name such as monitor.example.com.`,
  );
}

function upstreamSettings(environment: Environment): Record<string, string> | undefined {
  const given = Object.fromEntries(
    CREDENTIALS.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  if (given.ITWIN_ACCESS_TOKEN && given.ITWIN_CLIENT_ID) {
    throw new InvalidSetting(
      'ITWIN_ACCESS_TOKEN and ITWIN_CLIENT_ID are both set: leave the token out, or the client.',
    );
  }
  if (environment.ITWIN_API_URL) {
    const { origin } = apiUrlSetting(environment);
    return { ...given, ITWIN_API_URL: origin };
  }
  if (Object.keys(given).length === 0) return undefined;
  throw new InvalidSetting(
    `${Object.keys(given).join(', ')} is set, but ITWIN_API_URL is not. ` +
      'Set ITWIN_API_URL=https://api.bentley.com to watch real runs.',
  );
}
