import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, type GraphQLSchema } from 'graphql';

/** The public contract as it was agreed. */
const contract = read('contract.graphql');

function read(file: string): GraphQLSchema {
  return buildSchema(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

test('nothing of the contract is missing, renamed or narrowed', () => {
  const breaking = findBreakingChanges(contract, read('../schema.graphql'));
  expect(breaking.map((change) => change.description)).toEqual([]);
});
