import { useQuery } from '@tanstack/react-query';
import { usePortal } from '../shell/portal-context.js';
import { detailsKey } from './file-cache.js';
import { FileDetails } from './generated/documents.js';
import type { FileDetailsFieldsFragment } from './generated/types.js';
import { getThere } from './list-files.js';

export type DetailedFile = FileDetailsFieldsFragment;

/** A file that is being checked is looked at again, should the event that tells of its end be lost. */
const pendingCheckMs = 10_000;

/** All that is known of a file. Throws NOT_FOUND for one in the trash, too. */
export function useFileDetails(id: string) {
  const { client } = usePortal();
  return useQuery({
    queryKey: detailsKey(id),
    queryFn: async ({ signal }) => {
      const { asset } = await client.query(FileDetails, { id }, { signal });
      return getThere(asset?.deletedAt === null ? asset : null);
    },
    refetchInterval: ({ state: { data } }) =>
      data?.scanStatus === 'PENDING' || data?.processing.status === 'PENDING' ? pendingCheckMs : false,
  });
}
