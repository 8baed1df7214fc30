import * as z from 'zod/mini';

type Descriptions<Schema extends z.ZodMiniObject> = Readonly<
  Record<keyof Schema['_zod']['def']['shape'], string>
>;

/**
 * Says what each field of a request's body means. It does so for the document alone: the function
 * carries none of it.
 *
 * @param id the name of the schema
 */
export function documentedBody<Schema extends z.ZodMiniObject>(
  schema: Schema,
  id: string,
  descriptions: Descriptions<Schema>,
): Schema {
  annotate(schema, descriptions, (description) => ({ description }));
  z.globalRegistry.add(schema, { id });
  return schema;
}

/** Says what each of a request's parameters means, in the same way. */
export function documentedParameters<Schema extends z.ZodMiniObject>(
  schema: Schema,
  descriptions: Descriptions<Schema>,
): Schema {
  annotate(schema, descriptions, (description) => ({ param: { description } }));
  return schema;
}

function annotate(
  schema: z.ZodMiniObject,
  descriptions: Readonly<Record<string, string>>,
  metaOf: (description: string) => z.core.GlobalMeta,
): void {
  for (const [name, field] of Object.entries(schema._zod.def.shape)) {
    const known = z.globalRegistry.get(field as z.ZodMiniType);
    z.globalRegistry.add(field as z.ZodMiniType, {
      ...known,
      ...metaOf(descriptions[name] ?? ''),
    });
  }
}
