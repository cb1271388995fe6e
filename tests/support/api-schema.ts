import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
} from 'graphql';

/** The printed schema: what a caller may ask, whatever the code says. */
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

const roots = [
  ['query', schema.getQueryType()],
  ['mutation', schema.getMutationType()],
  ['subscription', schema.getSubscriptionType()],
] as const;

/** Every place where an id or a cursor goes in, such as `Mutation.requestUpload input.userId`. */
export function listReferences(): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args
        .flatMap((argument) => listPaths(argument, argument.name, isReference))
        .map((path) => `${type.name}.${field.name} ${path}`),
    );
  });
}

const isReference = ({ name, type }: GraphQLArgument | GraphQLInputField): boolean =>
  getNamedType(type).name === 'ID' || name === 'after';

function listPaths(
  input: GraphQLArgument | GraphQLInputField,
  path: string,
  isOne: (input: GraphQLArgument | GraphQLInputField) => boolean,
): string[] {
  const type = getNamedType(input.type);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((field) =>
      listPaths(field, `${path}.${field.name}`, isOne),
    );
  }
  return isOne(input) ? [path] : [];
}

/** Where in what an operation takes people and agents write what they like, such as `input.file.filename`. */
export function listWords(operation: string): string[] {
  const [type = '', name = ''] = operation.split('.');
  const known = schema.getType(type);
  const field = isObjectType(known) ? known.getFields()[name] : undefined;
  return (field?.args ?? []).flatMap((argument) => listPaths(argument, argument.name, isWritten));
}

const written = new Set(['name', 'filename', 'description', 'note', 'prompt', 'conversationId']);
const isWritten = ({ name, type }: GraphQLArgument | GraphQLInputField): boolean =>
  written.has(name) && getNamedType(type).name === 'String';

export interface Operation {
  readonly kind: (typeof roots)[number][0];
  /** Such as `Query.agent`. */
  readonly name: string;
  /** Every argument a variable of its own name, every field of the answer asked for. */
  readonly document: string;
  /** The same with nothing asked for that lies beneath the answer, or beneath the nodes of a list. */
  readonly brief: string;
}

/** Whether the schema has it: `Query.agent`, `Space.members`. */
export function hasField(name: string): boolean {
  const [type = '', field = ''] = name.split('.');
  const known = schema.getType(type);
  return isObjectType(known) && Object.hasOwn(known.getFields(), field);
}

/** Every operation of the schema. */
export function listOperations(): Operation[] {
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => {
      const variables = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
      const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
      const call = passed === '' ? field.name : `${field.name}(${passed})`;
      const toDocument = (selection: string) =>
        `${kind}${variables && `(${variables})`} { ${call}${selection} }`;
      return {
        kind,
        name: `${root?.name}.${field.name}`,
        document: toDocument(selectAll(field, 3)),
        brief: toDocument(selectAll(field, 0)),
      };
    }),
  );
}

/** Every field without required arguments, so many levels deep; the nodes of a list are no level. '' for a leaf. */
function selectAll(field: GraphQLField<unknown, unknown>, levels: number): string {
  const type = getNamedType(field.type);
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const selected = Object.values(type.getFields()).flatMap((inner) => {
    const innerType = getNamedType(inner.type);
    if (!isObjectType(innerType) && !isInterfaceType(innerType)) return [inner.name];
    if (inner.name === 'nodes') return [`nodes${selectAll(inner, levels)}`];
    if (levels === 0 || inner.args.some(isRequiredArgument)) return [];
    return [`${inner.name}${selectAll(inner, levels - 1)}`];
  });
  return ` { ${['__typename', ...selected].join(' ')} }`;
}
