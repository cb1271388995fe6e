import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Operation } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';

/** Of what each query of the page is kept under: all of one operation, or that with these variables. */
export const toKey = (operation: Operation<unknown, never>, variables?: unknown) =>
  variables === undefined ? ['admin', operation.name] : ['admin', operation.name, variables];

/** What a query of the page finds, kept and refreshed. */
export function useRead<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  { isOn = true }: { readonly isOn?: boolean } = {},
) {
  const { client } = usePortal();
  return useQuery({
    queryKey: toKey(operation, variables),
    queryFn: ({ signal }) => client.query(operation, variables, { signal }),
    enabled: isOn,
  });
}

export interface ReadPage<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The same page by page, 50 at a time. */
export function usePages<Result, Variables, Node>(
  operation: Operation<Result, Variables>,
  toVariables: (page: { first: number; after: string | null }) => Variables,
  toPage: (result: Result) => ReadPage<Node>,
) {
  const { client } = usePortal();
  const query = useInfiniteQuery({
    queryKey: toKey(operation, toVariables({ first: pageSize, after: null })),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const variables = toVariables({ first: pageSize, after: pageParam });
      return toPage(await client.query(operation, variables, { signal }));
    },
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : undefined),
  });
  return { ...query, nodes: query.data?.pages.flatMap(({ nodes }) => nodes) };
}

const pageSize = 50;

/** A change, sent once; after it, what these queries found is read again. */
export function useAct<Result, Variables>(
  operation: Operation<Result, Variables>,
  refreshes: readonly Operation<unknown, never>[],
  onDone: (result: Result) => void = () => undefined,
) {
  const { client } = usePortal();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (variables: Variables) => client.mutate(operation, variables),
    // Nobody reads it there, and what it found may be a secret.
    gcTime: 0,
    onSuccess: (result) => {
      for (const refreshed of refreshes) void queries.invalidateQueries({ queryKey: toKey(refreshed) });
      onDone(result);
    },
  });
}

/** Whether who is signed in may change what is shown here. */
export function useIsAdmin(): boolean {
  return usePortal().viewer.orgRole === 'ADMIN';
}
