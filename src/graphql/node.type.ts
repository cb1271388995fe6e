import { Field, ID, InterfaceType } from 'type-graphql';

/** A row of ours with the name of its type in the schema: rows know no GraphQL. */
export interface NamedNode {
  readonly id: string;
  readonly typeName: string;
}

@InterfaceType('Node', { resolveType: ({ typeName }: NamedNode) => typeName })
export abstract class Node {
  @Field(() => ID)
  id!: string;
}
