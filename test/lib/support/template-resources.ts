import type { CloudFormationTemplate } from '../../../local/template.ts';

/** Says what a reference to a resource, or to one of its attributes, stands for. */
export type NameOf = (logicalId: string, attribute?: string) => string;

/** The path of a resource's construct within the stack, as in `JobStore/Jobs`. */
export function pathOf({ Resources }: CloudFormationTemplate, logicalId: string): string {
  const path = String(Resources[logicalId]?.Metadata?.['aws:cdk:path']);
  return path.replace(/^[^/]+\//, '').replace(/\/Resource$/, '');
}

/** The logical id of the resource whose construct is at a path within the stack. */
export function idOf(template: CloudFormationTemplate, path: string): string {
  const id = Object.keys(template.Resources).find((id) => pathOf(template, id) === path);
  if (id === undefined) throw new Error(`The template has nothing at ${path}.`);
  return id;
}

/** The properties of the resource with a logical id. */
export function propertiesOf<T>({ Resources }: CloudFormationTemplate, logicalId: string): T {
  return Resources[logicalId]?.Properties as T;
}

/** A text of the template with its references put in. */
export function resolve(value: unknown, nameOf: NameOf): string {
  if (typeof value === 'string') return value;
  const { Ref, ...functions } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return nameOf(Ref);
  if ('Fn::GetAtt' in functions) {
    const [id, attribute] = functions['Fn::GetAtt'] as [string, string];
    return nameOf(id, attribute);
  }
  const [separator, parts] = functions['Fn::Join'] as [string, unknown[]];
  return parts.map((part) => resolve(part, nameOf)).join(separator);
}
