import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { UNSAFE_PortalProvider as OverlayProvider } from 'react-aria/PortalProvider';
import { EndedRequests } from '../prompts/ended-requests.js';
import { PromptCard } from '../prompts/prompt-card.js';
import { usePaste } from '../prompts/use-paste.js';
import { ConnectionNote } from '../shell/connection-note.js';
import { PortalContext, usePortal } from '../shell/portal-context.js';
import { useLeaveGuard } from '../shell/use-leave-guard.js';
import { useStore, type Readable } from '../state/store.js';
import { UnlockDialog } from '../vault/unlock-dialog.js';
import { isOfConversation, type ConversationId } from './conversation.js';
import type { Session } from './session.js';
import { useDismissal } from './use-dismissal.js';
import { useLostFocus } from './use-lost-focus.js';

export interface EmbeddedProps {
  readonly session: Pick<Session, 'state'>;
  readonly conversationId: Readable<ConversationId>;
  /** Where dialogs belong, made ready for them. */
  readonly getLayer: () => HTMLElement;
}

/** What agents ask of this person now: nothing at all, most of the time. */
export function Embedded({ session, conversationId, getLayer }: EmbeddedProps) {
  const { portal } = useStore(session.state);
  if (portal === undefined) return null;
  return (
    <PortalContext value={portal}>
      <QueryClientProvider client={portal.queries}>
        <OverlayProvider getContainer={getLayer}>
          <Requests conversationId={conversationId} />
          <UnlockDialog />
        </OverlayProvider>
      </QueryClientProvider>
    </PortalContext>
  );
}

function Requests({ conversationId }: Pick<EmbeddedProps, 'conversationId'>) {
  const portal = usePortal();
  const { feed, answering } = portal;
  const { prompts = [], ended, connection } = useStore(feed.state);
  const conversation = useStore(conversationId);
  const shown = prompts.filter((prompt) => isOfConversation(prompt, conversation));
  const shownEnded = ended.filter(({ prompt }) => isOfConversation(prompt, conversation));
  const latest = shown.at(-1);
  const endedArea = useRef<HTMLDivElement>(null);
  const { hasLostFocus, cardProps } = useLostFocus();
  const hold = useDismissal(shownEnded, feed.dismiss);
  usePaste(shown, answering);
  useLeaveGuard(portal);

  // A card that ends takes the focus with it; without this the keyboard would start over at the top of the page.
  const latestEnded = shownEnded[0]?.prompt.id;
  useEffect(() => {
    if (latestEnded !== undefined && hasLostFocus()) endedArea.current?.focus();
  }, [latestEnded, hasLostFocus]);

  return (
    <div className="embed">
      {shown.length > 0 && <ConnectionNote connection={connection} />}
      <div ref={endedArea} tabIndex={-1} className="ended-area" {...hold}>
        <EndedRequests ended={shownEnded} onDismiss={feed.dismiss} />
      </div>
      <ul className="cards" aria-label="Requests for files">
        {shown.map((prompt) => (
          <li key={prompt.id} {...cardProps}>
            <PromptCard prompt={prompt} />
          </li>
        ))}
      </ul>
      <p role="status" className="visually-hidden">
        {latest && `${latest.agent.name} is asking for: ${latest.prompt}`}
      </p>
    </div>
  );
}
