import type { CloudFormationTemplate } from '../../../local/template.ts';
import { type NameOf, resolve as resolveValue } from '../../../rehearsal/template.ts';

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
  return String(resolveValue(value, nameOf));
}
