import {
  createClientCredentialsTokens,
  createStaticToken,
} from '../adapters/itwin/access-tokens.ts';
import type { ClientAuthentication } from '../adapters/itwin/token-grant.ts';
import {
  apiUrlSetting,
  declaredIModels,
  declaredReceivers,
  digestSetting,
  type Environment,
  InvalidSetting,
  integerSetting,
  pageUrlSetting,
  reminderSetting,
  requiredSetting,
  switchSetting,
  timeZoneSetting,
  urlSetting,
} from '../adapters/lambda/environment.ts';
import { createSecretsManagerClient, systemTime } from '../adapters/lambda/runtime.ts';
import {
  createEnvironmentCredentials,
  createSecretCredentials,
} from '../adapters/secrets/credentials.ts';
import type { Receiver } from '../core/alerts/listeners.ts';
import type { AccessTokens } from '../core/ports.ts';
import { SECOND } from '../core/time.ts';
import type { SweepSettings } from './context.ts';

/** How the monitor proves to upstream who it is. */
type CredentialsSetting =
  | { readonly kind: 'Secret'; readonly secretId: string }
  | { readonly kind: 'Client'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'Token'; readonly accessToken: string };

/** What the monitor must be told by its environment. */
export interface MonitorSettings extends SweepSettings {
  readonly jobsTable: string;
  readonly checkpointTable: string;
  readonly subscriptionsTable: string;
  readonly alertTopicArn: string;
  readonly operatorTopicArn: string;
  /** Where follow-ups are asked for. @default - there are none */
  readonly followUpQueueUrl?: string;
  /** Whom the deployment subscribes to the topic. */
  readonly declared: readonly Receiver[];
  /** Ids of the iModels that the deployment has watched. */
  readonly iModels: readonly string[];
  /** After how many minutes somebody is reminded of a run of theirs; 0: never. */
  readonly remindAfterMinutes: number;
  /** Origin of the iTwin Platform API. */
  readonly apiUrl: URL;
  readonly tokenUrl: URL;
  /** How the client names itself at the token endpoint. */
  readonly clientAuthentication: ClientAuthentication;
  readonly credentials: CredentialsSetting;
  /** In which people are told times; an IANA name. */
  readonly timeZone?: string;
  /** Where people find the page, with a slash at its end. */
  readonly pageUrl?: string;
}

/** Bentley's public token endpoint [iTwin Platform documentation]. */
const TOKEN_URL = 'https://ims.bentley.com/connect/token';

/** The most requests a minute that a paid subscription allows [iTwin Platform, rate limits]. */
const MAX_CHECKS_PER_MINUTE = 5_000;

/** Seconds. */
const CHECK_EVERY = { min: 15, max: 60, fallback: 15 };
const LOOK_EVERY = { min: 0, max: 900, fallback: 900 };

/**
 * Reads the settings of the monitor.
 *
 * @throws InvalidSetting, which says what to set
 */
export function readMonitorSettings(environment: Environment): MonitorSettings {
  return {
    jobsTable: requiredSetting(environment, 'JOBS_TABLE', 'the name of the Jobs table'),
    checkpointTable: requiredSetting(
      environment,
      'CHECKPOINT_TABLE',
      'the name of the Checkpoint table',
    ),
    subscriptionsTable: requiredSetting(
      environment,
      'SUBSCRIPTIONS_TABLE',
      'the name of the Subscriptions table',
    ),
    alertTopicArn: requiredSetting(environment, 'ALERT_TOPIC_ARN', 'the ARN of the alert topic'),
    operatorTopicArn: requiredSetting(
      environment,
      'OPERATOR_TOPIC_ARN',
      'the ARN of the operator topic',
    ),
    declared: declaredReceivers(environment),
    iModels: declaredIModels(environment),
    remindAfterMinutes: reminderSetting(environment),
    apiUrl: apiUrlSetting(environment),
    tokenUrl: urlSetting(environment, 'ITWIN_TOKEN_URL', TOKEN_URL),
    clientAuthentication: clientAuthenticationSetting(environment),
    credentials: credentialsSetting(environment),
    ...(environment.DIGEST_AT && { digest: digestSetting(environment) }),
    ...(environment.TIME_ZONE && { timeZone: timeZoneSetting(environment) }),
    ...(environment.PAGE_URL && { pageUrl: pageUrlSetting(environment) }),
    checksPerMinute: integerSetting(environment, 'CHECKS_PER_MINUTE', {
      min: 1,
      max: MAX_CHECKS_PER_MINUTE,
      fallback: 60,
    }),
    concurrency: integerSetting(environment, 'CHECK_CONCURRENCY', {
      min: 1,
      max: 500,
      fallback: 50,
    }),
    ...(environment.FOLLOW_UP_QUEUE_URL && { followUpQueueUrl: environment.FOLLOW_UP_QUEUE_URL }),
    checkEvery: SECOND * integerSetting(environment, 'CHECK_EVERY_SECONDS', CHECK_EVERY),
    unusuallyLong: switchSetting(environment, 'UNUSUALLY_LONG', true),
    ...(environment.LOOK_EVERY_SECONDS && {
      lookEvery: SECOND * integerSetting(environment, 'LOOK_EVERY_SECONDS', LOOK_EVERY),
    }),
  };
}

function credentialsSetting(environment: Environment): CredentialsSetting {
  const { ITWIN_CREDENTIALS_SECRET: secretId, ITWIN_ACCESS_TOKEN: accessToken } = environment;
  const { ITWIN_CLIENT_ID: clientId, ITWIN_CLIENT_SECRET: clientSecret } = environment;
  if (secretId) return { kind: 'Secret', secretId };
  if (accessToken) return { kind: 'Token', accessToken };
  if (clientId && clientSecret) return { kind: 'Client', clientId, clientSecret };
  const missing = [
    ...(clientId ? [] : ['ITWIN_CLIENT_ID']),
    ...(clientSecret ? [] : ['ITWIN_CLIENT_SECRET']),
  ];
  throw new InvalidSetting(
    `Set ${missing.join(' and ')}${missing.length === 1 ? ', too' : ''}, or ITWIN_ACCESS_TOKEN. ` +
      '(A function in AWS has ITWIN_CREDENTIALS_SECRET instead, the name of the secret with them.)',
  );
}

function clientAuthenticationSetting(environment: Environment): ClientAuthentication {
  const method = environment.ITWIN_CLIENT_AUTHENTICATION || 'client_secret_post';
  if (method === 'client_secret_post' || method === 'client_secret_basic') return method;
  throw new InvalidSetting(
    'Set ITWIN_CLIENT_AUTHENTICATION to client_secret_post (the default) or client_secret_basic.',
  );
}

/**
 * The access tokens for the credentials that the settings name.
 *
 * @param processId tells this process from others: what the environment holds can only have changed
 * when the process has
 */
export function createTokens(
  settings: Pick<MonitorSettings, 'credentials' | 'tokenUrl' | 'clientAuthentication'>,
  processId: string,
): AccessTokens {
  const { credentials, tokenUrl, clientAuthentication } = settings;
  if (credentials.kind === 'Token') return createStaticToken(credentials.accessToken, processId);
  return createClientCredentialsTokens({
    tokenUrl: tokenUrl.href,
    clientAuthentication,
    credentials:
      credentials.kind === 'Secret'
        ? createSecretCredentials(createSecretsManagerClient(), credentials.secretId)
        : createEnvironmentCredentials({ ...credentials, version: processId }),
    now: systemTime.now,
  });
}
