import { useEffect, useRef } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { useStore } from '../state/store.js';
import { EndedRequests } from './ended-requests.js';
import { NoRequests } from './no-requests.js';
import { PromptCard } from './prompt-card.js';
import { usePaste } from './use-paste.js';

/** What agents ask of this person now, and what has just become of what they asked. */
export function RequestsPage() {
  const { feed, answering, viewer } = usePortal();
  const { prompts, ended } = useStore(feed.state);
  const heading = useRef<HTMLHeadingElement>(null);
  const latest = prompts?.at(-1);
  usePaste(prompts ?? [], answering);

  // A card that ends takes the focus with it; without this the keyboard would start over at the top of the page.
  useEffect(() => {
    if (ended.length > 0 && document.activeElement === document.body) heading.current?.focus();
  }, [ended]);

  return (
    <>
      {/* Where the page's head has no room for it; screen readers have it there. */}
      <p className="page-who" aria-hidden>
        {viewer.name ?? viewer.id} · {viewer.organization.name}
      </p>
      <h1 ref={heading} tabIndex={-1} className="page-title">
        {toTitle(prompts?.length)}
      </h1>
      <EndedRequests ended={ended} onDismiss={(id) => feed.dismiss(id)} />
      {prompts === undefined && <p className="skeleton" aria-busy="true" aria-label="Looking for requests" />}
      {prompts?.length === 0 && <NoRequests />}
      <ul className="cards" aria-label="Open requests">
        {prompts?.map((prompt) => (
          <li key={prompt.id}>
            <PromptCard prompt={prompt} />
          </li>
        ))}
      </ul>
      <p role="status" className="visually-hidden">
        {latest && `${latest.agent.name} is asking for: ${latest.prompt}`}
      </p>
    </>
  );
}

function toTitle(count: number | undefined): string {
  if (count === undefined || count === 0) return 'Your requests';
  return count === 1 ? 'One request for you' : `${count} requests for you`;
}
