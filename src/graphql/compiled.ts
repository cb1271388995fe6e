import type { ApolloServerPlugin, GraphQLRequestContextResponseForOperation } from '@apollo/server';
import { BREAK, OperationTypeNode, visit, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from './apollo.js';

export interface CompiledOptions {
  /** Compiling costs some milliseconds: a document must have come this often before. */
  readonly compileAfter?: number;
  /** Compiled documents that are kept. */
  readonly maxDocuments?: number;
}

type Operation = GraphQLRequestContextResponseForOperation<RequestContext>;

/** Not to be compiled: it cannot be, and is executed as it came. */
const notCompilable = Symbol('not compilable');

/** Whether it leaves out fields at times: compiled, it would answer the others in another order than they are met in. */
function isConditional(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    Directive({ name }) {
      isFound = name.value === 'include' || name.value === 'skip';
      return isFound ? BREAK : undefined;
    },
  });
  return isFound;
}

/**
 * Executes queries that come again by code compiled from their documents. Whatever does not go smoothly is left to
 * Apollo's own execution, so that every error, with its code, path and status, has one origin: a query can be asked
 * twice. Mutations are never compiled.
 */
export function makeCompiledExecution({
  compileAfter = 2,
  maxDocuments = 500,
}: CompiledOptions = {}): ApolloServerPlugin<RequestContext> {
  const seen = new LRUCache<string, number>({ max: 10 * maxDocuments });
  const compiled = new LRUCache<string, CompiledQuery | typeof notCompilable>({ max: maxDocuments });

  function find({ queryHash, document, operationName, schema }: Operation) {
    const key = `${queryHash} ${operationName ?? ''}`;
    const known = compiled.get(key);
    if (known !== undefined) return known === notCompilable ? undefined : known;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times <= compileAfter) return undefined;
    const result = isConditional(document)
      ? undefined
      : compileQuery(schema, document, operationName ?? undefined);
    const query = result !== undefined && isCompiledQuery(result) ? result : undefined;
    compiled.set(key, query ?? notCompilable);
    return query;
  }

  return {
    requestDidStart: () =>
      Promise.resolve({
        async responseForOperation(operation: Operation) {
          // Apollo's type hides that a document may not have the operation that was named.
          const asked = operation.operation as OperationDefinitionNode | undefined;
          if (asked?.operation !== OperationTypeNode.QUERY) return null;
          const query = find(operation);
          if (query === undefined) return null;
          const { request, contextValue, response } = operation;
          const { data, errors } = await query.query(undefined, contextValue, request.variables ?? {});
          if (data === undefined || data === null || errors !== undefined) return null;
          return { http: response.http, body: { kind: 'single', singleResult: { data } } };
        },
      }),
  };
}
