import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, type GraphQLSchema } from 'graphql';

/** The public contract as it was agreed. */
const contract = read('contract.graphql');
/** What of it has not been built yet, by name: each line goes when its part arrives, and none may come. */
const awaited = readFileSync(new URL('contract-awaited.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

function read(file: string): GraphQLSchema {
  return buildSchema(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

test('nothing of the contract is missing, renamed or narrowed, apart from what is awaited', () => {
  const breaking = findBreakingChanges(contract, read('../schema.graphql')).map(
    (change) => change.description,
  );
  expect(breaking.sort()).toEqual([...awaited].sort());
});
