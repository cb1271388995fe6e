import { createRoot } from 'react-dom/client';
import type { Token } from '../../client/index.js';
import type { Portal } from '../state/portal.js';
import { makeStore } from '../state/store.js';
import type { ConversationId } from './conversation.js';
import { toErrorDetail, type Tell } from './events.js';
import { makeLayer } from './layer.js';
import { providePressableStyle } from './pressable-style.js';
import { reportRequests } from './report.js';
import type { HeldSession, SharedSessions } from './shared-sessions.js';
import { Embedded } from './view.js';

export type EmbeddedRequests = ReturnType<typeof makeEmbeddedRequests>;

/** Shows a person's requests within `shadow`, and tells what becomes of them. Nothing is open before `open`. */
export function makeEmbeddedRequests(shadow: ShadowRoot, sessions: SharedSessions, tell: Tell) {
  const conversationId = makeStore<ConversationId>(undefined);
  const layer = makeLayer();
  let opened: { readonly url: string; readonly token: Token; close(): void; hasEnded(): boolean } | undefined;

  function close(): void {
    opened?.close();
    opened = undefined;
  }

  function show(session: HeldSession): () => void {
    const place = document.createElement('div');
    shadow.append(place, layer.element);
    const root = createRoot(place);
    root.render(<Embedded session={session} conversationId={conversationId} getLayer={layer.ready} />);
    return () => {
      root.unmount();
      place.remove();
      layer.element.remove();
    };
  }

  function report({ state }: HeldSession): () => void {
    let stopReporting = () => {};
    let reported: Portal | undefined;
    let told: unknown;
    const look = () => {
      const { portal, error } = state.get();
      if (portal !== reported) {
        stopReporting();
        reported = portal;
        stopReporting = portal === undefined ? () => {} : reportRequests(portal, conversationId, tell);
      }
      if (error !== told) {
        told = error;
        if (error !== undefined) tell('askfile-error', toErrorDetail(error));
      }
    };
    const unsubscribe = state.subscribe(look);
    look();
    return () => {
      unsubscribe();
      stopReporting();
    };
  }

  return {
    /** Of this conversation only, from now on. What is being sent for another goes on. */
    setConversation: conversationId.set,

    /** Follows the requests of the token's person; does nothing where it does so already. */
    open(url: string, token: Token): void {
      if (opened?.url === url && opened.token === token && !opened.hasEnded()) return layer.restore();
      close();
      providePressableStyle();
      const session = sessions.hold({ url, token });
      const stops = [session.release, show(session), report(session)];
      opened = {
        url,
        token,
        hasEnded: session.hasEnded,
        close: () => stops.toReversed().forEach((stop) => stop()),
      };
    },

    close,
  };
}
