import type { CloudFormationResource } from '../local/template.ts';

/** A resource of a CloudFormation template. */
export interface Resource extends CloudFormationResource {
  readonly DependsOn?: string | readonly string[];
}

/** A CloudFormation template as the CDK writes it, as far as a deployment reads it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

/** Says what a reference to a resource, to one of its attributes or to a pseudo parameter stands for. */
export type NameOf = (logicalId: string, attribute?: string) => string;

/** A template uses a function of CloudFormation that the rehearsal does not know. */
export class UnknownFunction extends Error {
  override readonly name = 'UnknownFunction';
}

/**
 * A value of a template with its functions put in.
 *
 * @param conditions those of the template
 * @throws UnknownFunction
 */
export function resolve(
  value: unknown,
  nameOf: NameOf,
  conditions: Readonly<Record<string, unknown>> = {},
): unknown {
  const inner = (each: unknown) => resolve(each, nameOf, conditions);
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;

  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length !== 1 || !/^(Ref|Fn::.+)$/.test(name)) {
    return Object.fromEntries(entries.map(([key, each]) => [key, inner(each)]));
  }
  const [first, second, third] = argument as readonly unknown[];
  const known: Readonly<Record<string, () => unknown>> = {
    Ref: () => nameOf(String(argument)),
    'Fn::GetAtt': () => nameOf(String(first), String(second)),
    'Fn::Join': () => (inner(second) as readonly unknown[]).join(String(first)),
    'Fn::Sub': () => String(argument).replace(/\$\{(.+?)\}/g, (_, id: string) => nameOf(id)),
    'Fn::Equals': () => inner(first) === inner(second),
    'Fn::If': () => inner(inner(conditions[String(first)]) ? second : third),
  };
  const put = known[name];
  if (!put) throw new UnknownFunction(`Teach rehearsal/template.ts what ${name} means.`);
  return put();
}

/** The logical ids that a resource needs first: those it refers to, and those it says it depends on. */
export function dependenciesOf({ Properties = {}, DependsOn = [] }: Resource): readonly string[] {
  const ids = new Set([DependsOn].flat());
  resolve(Properties, (id) => {
    if (!id.startsWith('AWS::')) ids.add(id);
    return id;
  });
  return [...ids];
}
