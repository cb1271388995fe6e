import { Inbox } from 'lucide-react';
import { DemoAgentPanel } from '../demo/agent-panel.js';
import type { DemoAgent } from '../demo/demo-agent.js';
import { RequestsPage } from '../prompts/requests-page.js';
import type { Notifier } from '../state/notifier.js';
import type { Portal } from '../state/portal.js';
import { useStore } from '../state/store.js';
import type { Theme } from '../state/theme.js';
import { ConnectionNote } from './connection-note.js';
import { Logo } from './logo.js';
import { NotificationsButton } from './notifications-button.js';
import { PortalContext } from './portal-context.js';
import { ThemeMenu } from './theme-menu.js';
import { UserMenu } from './user-menu.js';
import { useLeaveGuard } from './use-leave-guard.js';
import { useTitle } from './use-title.js';

export interface ShellProps {
  readonly portal: Portal;
  readonly notifier: Notifier;
  readonly theme: Theme;
  /** Only in the demo: there, the agent's side is shown, too. */
  readonly demoAgent: DemoAgent | undefined;
  readonly onSignOut: () => void;
}

/** What is around every page: who is signed in where, what there is to go to, and how the connection is. */
export function Shell({ portal, notifier, theme, demoAgent, onSignOut }: ShellProps) {
  const { prompts, connection } = useStore(portal.feed.state);
  const openCount = prompts?.length ?? 0;
  useTitle(openCount);
  useLeaveGuard(portal.answering);
  return (
    <PortalContext value={portal}>
      <a className="skip-link" href="#main">
        Skip to your requests
      </a>
      <header className="top">
        <div className="top-inner">
          <a className="brand" href="/" aria-label="Askfile, your requests">
            <Logo />
            <span className="brand-name">Askfile</span>
          </a>
          <nav aria-label="Pages" className="pages">
            <a href="/" aria-current="page" className="page-link">
              <Inbox aria-hidden size={18} />
              Requests
              {openCount > 0 && (
                <span className="count" aria-label={`, ${openCount} open`}>
                  {openCount}
                </span>
              )}
            </a>
          </nav>
          <div className="top-tools">
            <NotificationsButton notifier={notifier} />
            <ThemeMenu theme={theme} />
            <UserMenu viewer={portal.viewer} onSignOut={onSignOut} />
          </div>
        </div>
      </header>
      <ConnectionNote connection={connection} />
      <div className={demoAgent === undefined ? 'columns' : 'columns columns-demo'}>
        <main id="main" tabIndex={-1}>
          <RequestsPage />
        </main>
        {demoAgent && <DemoAgentPanel agent={demoAgent} userName={portal.viewer.name ?? portal.viewer.id} />}
      </div>
    </PortalContext>
  );
}
