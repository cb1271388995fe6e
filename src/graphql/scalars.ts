import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSONObject } from 'graphql-scalars';

/** An instant as ISO 8601 text in UTC; `Date` inside. */
export const DateTimeISO = GraphQLDateTimeISO;

/** An object of JSON, passed on as it is. */
export const JSONObject = GraphQLJSONObject;

/** Beyond GraphQL's 32-bit Int, and still exact in every JavaScript client. */
export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'A whole number up to 2^53 - 1: bytes.',
  serialize: toSafeInt,
  parseValue: toSafeInt,
  parseLiteral: (node) => toSafeInt(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function toSafeInt(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError('SafeInt is a whole number from -(2^53 - 1) to 2^53 - 1.');
}
