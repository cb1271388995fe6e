import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { usePortal } from '../../shell/portal-context.js';
import {
  CountOpenPrompts,
  GetAgent,
  ListAgents,
  SetAgentAssetUploadEnabled,
} from '../generated/documents.js';
import type { GetAgentQuery } from '../generated/types.js';
import { toKey, useIsAdmin } from '../use-admin.js';

/** Whether an agent may ask: set at once, and back as it was when that is refused. */
export function useUploadSwitch(urn: string) {
  const { client } = usePortal();
  const queries = useQueryClient();
  const isAdmin = useIsAdmin();
  /** How many people would be told that their request is over; undefined while nobody has to be asked. */
  const [openCount, setOpenCount] = useState<number>();
  const key = toKey(GetAgent, { urn });
  const show = (agent: Partial<NonNullable<GetAgentQuery['agent']>>) =>
    queries.setQueryData<GetAgentQuery>(key, (known) =>
      known?.agent ? { ...known, agent: { ...known.agent, ...agent } } : known,
    );

  const saving = useMutation({
    // One after the other, so that the last click is what holds.
    scope: { id: `upload-switch ${urn}` },
    mutationFn: (enabled: boolean) => client.mutate(SetAgentAssetUploadEnabled, { agentUrn: urn, enabled }),
    async onMutate(enabled) {
      await queries.cancelQueries({ queryKey: key });
      show({ assetUploadEnabled: enabled });
    },
    onError: (_error, enabled) => show({ assetUploadEnabled: !enabled }),
    onSuccess: ({ setAgentAssetUploadEnabled }) => show(setAgentAssetUploadEnabled),
    onSettled: () => queries.invalidateQueries({ queryKey: toKey(ListAgents) }),
  });

  /** Who may not switch it is told so by the service, not asked before. */
  const looking = useMutation({
    mutationFn: async () => {
      const { agent } = await client.query(CountOpenPrompts, { urn });
      return agent?.openPromptCount ?? 0;
    },
    onSuccess: (count) => (count === 0 ? saving.mutate(false) : setOpenCount(count)),
  });

  function set(enabled: boolean): void {
    looking.reset();
    if (enabled || !isAdmin) saving.mutate(enabled);
    else looking.mutate();
  }

  return {
    set,
    openCount,
    confirm: () => {
      setOpenCount(undefined);
      saving.mutate(false);
    },
    keep: () => setOpenCount(undefined),
    isSaving: saving.isPending || looking.isPending,
    isSaved: saving.isSuccess,
    error: saving.error ?? looking.error,
  };
}
