import { Field, ObjectType, type ClassType } from 'type-graphql';

@ObjectType('PageInfo')
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

/**
 * The edge and connection types of a list of `node`, named `<name>Edge` and `<name>Connection`.
 * Resolvers return what `toConnection` of `core/pagination.ts` made.
 */
export function makeConnectionType<Node extends object>(name: string, node: () => ClassType<Node>) {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String)
    cursor!: string;

    @Field(node)
    node!: Node;
  }

  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge])
    edges!: readonly Edge[];

    @Field(() => [node()])
    nodes!: readonly Node[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;
  }

  return Connection;
}
