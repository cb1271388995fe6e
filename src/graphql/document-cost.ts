import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** What a page holds at most; assumed where `first` is a variable, whose value validation can't see. */
const maxPageSize = 100;
/** Of a list that isn't paged: members of a space, uploads of a prompt. */
const assumedListLength = 5;
/** Of introspection, about as in our schema; other lists there have one entry or none for most types. */
const schemaLists: Readonly<Record<string, number>> = { types: 100, fields: 5 };
/** How introspection begins. The largest type has so many times the fields of a usual one. */
const schemaRoots = [
  { field: SchemaMetaFieldDef, weight: 1 },
  { field: TypeMetaFieldDef, weight: 25 },
];

/** How big the answer to an operation may get. */
export interface Measure {
  /** Levels of fields; introspection doesn't count, whose ordinary query asks for many levels that are not there. */
  readonly depth: number;
  /** Objects in the answer if every page is full: the product of page sizes on the way down. */
  readonly cost: number;
  /** The same for introspection, which calls no service. */
  readonly schemaCost: number;
  /** Fields at the top, each of which is a call of a service. */
  readonly rootFields: number;
}

const nothing: Measure = { depth: 0, cost: 0, schemaCost: 0, rootFields: 0 };

/**
 * Measures one operation in time linear in the document's size: a fragment is measured once however often it
 * is spread, because fragments that spread fragments twice grow exponentially. Cycles count once; another
 * rule reports them.
 */
export function measureOperation(context: ValidationContext, operation: OperationDefinitionNode): Measure {
  const fragments = new Map<string, Measure>();

  function measure(set: SelectionSetNode, parent: GraphQLNamedType | undefined, paged: boolean): Measure {
    let { depth, cost, schemaCost, rootFields } = nothing;
    for (const selection of set.selections) {
      const part =
        selection.kind === Kind.FIELD
          ? measureField(selection, parent, paged)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? measure(selection.selectionSet, narrow(selection.typeCondition?.name.value) ?? parent, paged)
            : measureFragment(selection.name.value, paged);
      depth = Math.max(depth, part.depth);
      cost += part.cost;
      schemaCost += part.schemaCost;
      rootFields += part.rootFields;
    }
    return { depth, cost, schemaCost, rootFields };
  }

  function measureField(node: FieldNode, parent: GraphQLNamedType | undefined, paged: boolean): Measure {
    if (node.name.value.startsWith('__')) return measureMeta(node);
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    // Unknown fields are another rule's to report; a leaf makes no object, and tokens bound their number.
    if (node.selectionSet === undefined) return { ...nothing, depth: 1, rootFields: 1 };
    const pageSize = field && toPageSize(field, node);
    const inner = measure(
      node.selectionSet,
      isCompositeType(type) ? type : undefined,
      pageSize !== undefined,
    );
    // The list inside a connection (edges, nodes) has the length that its connection was asked for.
    const length = pageSize ?? (isList(field) && !paged ? toListLength(field, parent) : 1);
    return { ...nothing, depth: inner.depth + 1, cost: length * (1 + inner.cost), rootFields: 1 };
  }

  /** `__schema`, `__type` or `__typename`. */
  function measureMeta({ name, selectionSet }: FieldNode): Measure {
    const root = schemaRoots.find(({ field }) => field.name === name.value);
    if (root === undefined || selectionSet === undefined) return { ...nothing, rootFields: 1 };
    const inner = measure(selectionSet, getNamedType(root.field.type), false);
    return { ...nothing, schemaCost: root.weight * (1 + inner.cost), rootFields: 1 };
  }

  function measureFragment(name: string, paged: boolean): Measure {
    const key = `${name} ${paged}`;
    const known = fragments.get(key);
    if (known !== undefined) return known;
    fragments.set(key, nothing);
    const fragment = context.getFragment(name);
    if (!fragment) return nothing;
    const measured = measure(fragment.selectionSet, narrow(fragment.typeCondition.name.value), paged);
    fragments.set(key, measured);
    return measured;
  }

  const narrow = (name: string | undefined) =>
    name === undefined ? undefined : context.getSchema().getType(name);

  return measure(
    operation.selectionSet,
    context.getSchema().getRootType(operation.operation) ?? undefined,
    false,
  );
}

function isList(field: GraphQLField<unknown, unknown> | undefined): field is GraphQLField<unknown, unknown> {
  return field !== undefined && isListType(getNullableType(field.type));
}

/** Of a list that isn't paged. */
function toListLength({ name }: GraphQLField<unknown, unknown>, parent: GraphQLNamedType | undefined) {
  return parent !== undefined && isIntrospectionType(parent) ? (schemaLists[name] ?? 1) : assumedListLength;
}

/** undefined when the field isn't paged. */
function toPageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number | undefined {
  const argument = field.args.find(({ name }) => name === 'first');
  if (argument === undefined) return undefined;
  const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (given?.kind === Kind.INT) return Math.min(Math.max(Number(given.value), 1), maxPageSize);
  if (given === undefined && typeof argument.defaultValue === 'number') return argument.defaultValue;
  return maxPageSize;
}
