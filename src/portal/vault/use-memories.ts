import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Memory } from '../../client/index.js';
import { usePortal } from '../shell/portal-context.js';

const queryKey = ['memories'];

/** What agents keep of the person. */
export function useMemories() {
  const { client } = usePortal();
  return useQuery({ queryKey, queryFn: () => client.memories.list() });
}

/** Whether its names are hidden from this sign-in; false until that is known. */
export function useIsLocked(memoryUrn: string): boolean {
  const memory = useMemories().data?.find(({ urn }) => urn === memoryUrn);
  return memory !== undefined && isLocked(memory);
}

export const isLocked = ({ encrypted, unlocked }: Memory) => encrypted && !unlocked;

/** Reads again whatever shows names of a memory, which was locked or unlocked. */
export function useRereadMemories(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries();
}
