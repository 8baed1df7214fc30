import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Aws, Json } from './aws.ts';
import { dependenciesOf, type NameOf, type Resource, resolve, type Template } from './template.ts';
import { API_AND_ALARMS } from './translations/api-and-alarms.ts';
import { DATA } from './translations/data.ts';
import { FUNCTIONS } from './translations/functions.ts';
import { TOPICS } from './translations/topics.ts';
import type { Made, Translation } from './translations/translation.ts';

/** How each type of resource is made: all that is other than in AWS. */
export const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  ...DATA,
  ...TOPICS,
  ...FUNCTIONS,
  ...API_AND_ALARMS,
};

/** Says nothing of the stack but how the CDK made it. */
const METADATA = 'AWS::CDK::Metadata';

/** The account of an emulator. */
const ACCOUNT = '123456789012';

/** A resource as it is in the emulator. */
export interface Deployed extends Made {
  readonly type: string;
  /** With references put in. */
  readonly properties: Json;
}

/** A stack in the emulator, by logical id. */
export type Deployment = ReadonlyMap<string, Deployed>;

/** The template has something that the rehearsal cannot do. */
export class NotRehearsed extends Error {
  override readonly name = 'NotRehearsed';
}

/** What {@link deploy} needs. */
export interface DeployOptions {
  readonly aws: Aws;
  readonly stackName: string;
  readonly template: Template;
  /** What an earlier template made of the stack; then this is an update. */
  readonly before?: Deployment;
}

/**
 * Makes the resources of a template one by one, each after what it refers to, or changes those that an
 * earlier template made, and then removes what is gone.
 *
 * @throws NotRehearsed, or what the emulator refuses
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { aws, stackName, template, before = new Map<string, Deployed>() } = options;
  const made = new Map<string, Deployed>();
  const nameOf = namesIn(made, stackName, aws.region);
  for (const [id, { Type, Properties = {} }] of inOrder(template)) {
    const properties = resolve(Properties, nameOf, template.Conditions) as Json;
    const wanted = { name: physicalName(stackName, id), properties };
    made.set(id, await make(aws, Type, wanted, before.get(id)));
  }
  const gone = [...before].filter(([id]) => !made.has(id));
  for (const [id, { type, ...resource }] of gone.reverse()) {
    const { remove } = translationOf(type);
    if (!remove) throw new NotRehearsed(`Say in rehearsal/translations how ${id} is removed.`);
    await remove(aws, resource);
  }
  return made;
}

async function make(
  aws: Aws,
  type: string,
  wanted: { readonly name: string; readonly properties: Json },
  before: Deployed | undefined,
): Promise<Deployed> {
  const { properties } = wanted;
  const { create, update } = translationOf(type);
  if (!before) return { type, properties, ...(await create(aws, wanted)) };
  if (!isDeepStrictEqual(before.properties, properties)) {
    if (!update) throw new NotRehearsed(`Say in rehearsal/translations how a ${type} is updated.`);
    await update(aws, before, before.properties, properties);
  }
  return { ...before, properties };
}

function translationOf(type: string): Translation {
  const translation = TRANSLATIONS[type];
  if (translation) return translation;
  throw new NotRehearsed(`Say in rehearsal/translations how a ${type} is made.`);
}

/** What references of a template stand for, once the resources they refer to are made. */
function namesIn(deployment: Deployment, stackName: string, region: string): NameOf {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::StackName': stackName,
    'AWS::Region': region,
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return (id, attribute) => {
    const resource = deployment.get(id);
    const name = pseudo[id] ?? (attribute ? resource?.attributes?.[attribute] : resource?.ref);
    if (name !== undefined) return name;
    throw new NotRehearsed(`Say in rehearsal/translations what ${attribute ?? 'Ref'} of ${id} is.`);
  };
}

/** Resources, each after those that it needs. */
function inOrder({ Resources }: Template): readonly (readonly [string, Resource])[] {
  const ordered = new Map<string, Resource>();
  const add = (id: string) => {
    const resource = Resources[id];
    if (!resource || resource.Type === METADATA || ordered.has(id)) return;
    for (const other of dependenciesOf(resource)) add(other);
    ordered.set(id, resource);
  };
  for (const id of Object.keys(Resources)) add(id);
  return [...ordered];
}

/** Where CloudFormation puts chance at the end of a name, this puts what comes of the name. */
function physicalName(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`;
  return `${name}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
