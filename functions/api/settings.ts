import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import {
  apiUrlSetting,
  declaredIModels,
  declaredReceivers,
  type Environment,
  InvalidSetting,
  reminderSetting,
  requiredSetting,
} from '../adapters/lambda/environment.ts';
import type { Receiver } from '../core/alerts/listeners.ts';
import type { AdmittedCallers } from './http/callers.ts';
import type { SignIn } from './routes/page.ts';

/** What the function must be told by its environment. */
export interface Settings {
  readonly jobsTable: string;
  readonly checkpointTable: string;
  readonly subscriptionsTable: string;
  readonly alertTopicArn: string;
  /** Whom the deployment subscribes to the topic. */
  readonly declared: readonly Receiver[];
  /** Ids of the iModels that the deployment has watched. */
  readonly iModels: readonly string[];
  /** Undefined where whoever API Gateway lets in may call. */
  readonly admittedCallers: AdmittedCallers | undefined;
  /** After how many minutes somebody is reminded of a job that does not say; 0: never. */
  readonly remindAfterMinutes: number;
  /** Where the iTwin Platform API is: status links are on this host, or refused. */
  readonly apiUrl: URL;
  /** The folder with the files of the page; undefined where they are beside the function. */
  readonly pageFolder: URL | undefined;
  /** How readers of the page sign in; undefined where they do not. */
  readonly signIn: SignIn | undefined;
}

/** Whole claim values, none of which an array or an empty claim can be taken for. */
const claimValues = z._default(z.array(z.string().check(z.regex(/^(?!\[)\S+$/))), []);

const admittedCallersSchema = z
  .strictObject({ clientIds: claimValues, subjects: claimValues, organizations: claimValues })
  .check(z.refine((lists) => Object.values(lists).some(({ length }) => length > 0)));

/** Reads the settings of the function. @throws InvalidSetting, which says what to set */
export function readSettings(environment: Environment): Settings {
  return {
    jobsTable: requiredSetting(environment, 'JOBS_TABLE', 'the name of the table of jobs'),
    checkpointTable: requiredSetting(
      environment,
      'CHECKPOINT_TABLE',
      'the name of the table of the checkpoint',
    ),
    subscriptionsTable: requiredSetting(
      environment,
      'SUBSCRIPTIONS_TABLE',
      'the name of the table of subscriptions',
    ),
    alertTopicArn: requiredSetting(environment, 'ALERT_TOPIC_ARN', 'the ARN of the alert topic'),
    declared: declaredReceivers(environment),
    iModels: declaredIModels(environment),
    admittedCallers: admittedCallersSetting(environment),
    remindAfterMinutes: reminderSetting(environment),
    apiUrl: apiUrlSetting(environment),
    pageFolder: environment.PAGE_FOLDER ? pathToFileURL(`${environment.PAGE_FOLDER}/`) : undefined,
    signIn: signInSetting(environment),
  };
}

/** Only a variable that is not there at all admits everybody: one that is empty is a mistake. */
function admittedCallersSetting(environment: Environment): AdmittedCallers | undefined {
  const { ADMITTED_CALLERS: text } = environment;
  if (text === undefined) return undefined;
  try {
    return admittedCallersSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidSetting(
      'Set ADMITTED_CALLERS to JSON such as {"clientIds":["…"],"subjects":["…"],' +
        '"organizations":["…"]}: at least one value, none with blanks or a leading bracket.',
      { cause },
    );
  }
}

const signInSchema = z.strictObject({
  issuer: z.url(),
  clientId: z.string().check(z.minLength(1)),
  scope: z.string().check(z.minLength(1)),
});

function signInSetting({ PAGE_SIGN_IN: text }: Environment): SignIn | undefined {
  if (!text) return undefined;
  try {
    return signInSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidSetting(
      'Set PAGE_SIGN_IN to JSON such as {"issuer":"https://…","clientId":"…","scope":"openid"}.',
      { cause },
    );
  }
}
