import type { Aws, Json } from '../aws.ts';

/** What CloudFormation would know of a resource that it made. */
export interface Made {
  /** What `Ref` stands for. */
  readonly ref: string;
  /** What `Fn::GetAtt` stands for, by attribute. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A resource to be made. */
export interface Wanted {
  /** A name that nothing else has, for a resource whose template leaves the name to AWS. */
  readonly name: string;
  /** With references put in. */
  readonly properties: Json;
}

/** How one type of resource is made. */
export interface Translation {
  /** What is other than in the template, in a sentence. */
  readonly turned?: string;
  create(aws: Aws, wanted: Wanted): Promise<Made>;
  /** Without it a change of the resource ends the rehearsal. */
  update?(aws: Aws, made: Made, before: Json, after: Json): Promise<void>;
  /** Without it a removal of the resource ends the rehearsal. */
  remove?(aws: Aws, made: Made): Promise<void>;
}

/** Something in the account has the name already, which CloudFormation refuses, too. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';
}

/** CloudFormation would ask a service for something that it refuses. */
export class UpdateRefused extends Error {
  override readonly name = 'UpdateRefused';
}

/** A property as the text that services want of it: documents as JSON. */
export function text(properties: Json, name: string): string {
  const value = properties[name];
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}

/** The properties with these names, where they are. */
export function pick(properties: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
}
