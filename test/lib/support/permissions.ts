import type { CloudFormationTemplate } from '../../../local/template.ts';
import type { NameOf } from '../../../rehearsal/template.ts';
import { idOf, propertiesOf, resolve } from './template-resources.ts';

interface Policy {
  readonly Roles: readonly { readonly Ref: string }[];
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/**
 * All that a role is allowed, each as `action resource`.
 *
 * @param path where in the stack the role's construct is
 */
export function permissionsOf(
  template: CloudFormationTemplate,
  path: string,
  nameOf: NameOf,
): readonly string[] {
  const role = idOf(template, path);
  return Object.keys(template.Resources)
    .filter((id) => template.Resources[id]?.Type === 'AWS::IAM::Policy')
    .map((id) => propertiesOf<Policy>(template, id))
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((resource) => `${action} ${resolve(resource, nameOf)}`),
        ),
    )
    .sort();
}
