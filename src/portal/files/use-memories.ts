import { useQuery } from '@tanstack/react-query';
import { usePortal } from '../shell/portal-context.js';
import { listMemories } from './memories.js';

/** What agents keep of the person. */
export function useMemories() {
  const { client } = usePortal();
  return useQuery({ queryKey: ['files', 'memories'], queryFn: ({ signal }) => listMemories(client, signal) });
}
