import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense, useEffect, useRef } from 'react';
import { RouterProvider } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { DemoAgentPanel } from '../demo/agent-panel.js';
import type { DemoAgent } from '../demo/demo-agent.js';
import type { Notifier } from '../state/notifier.js';
import type { Portal } from '../state/portal.js';
import { useStore } from '../state/store.js';
import type { Theme } from '../state/theme.js';
import { UnlockDialog } from '../vault/unlock-dialog.js';
import { ConnectionNote } from './connection-note.js';
import { Logo } from './logo.js';
import { PageBoundary } from './page-boundary.js';
import { NotForYou } from './not-for-you.js';
import { pages, toPage } from './pages.js';
import { NotificationsButton } from './notifications-button.js';
import { PortalContext } from './portal-context.js';
import { ThemeMenu } from './theme-menu.js';
import { Uploads } from './uploads.js';
import { UserMenu } from './user-menu.js';
import { useStrayDrops } from './use-stray-drops.js';
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
  const [location, navigate] = useLocation();
  const page = toPage(location);
  const isRequests = page === pages[0];
  useTitle(isRequests ? undefined : page.name, openCount);
  useStrayDrops();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  // As after a real page load: the keyboard and the screen reader start at the new page's top.
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else main.current?.focus();
  }, [page]);

  const hasDemo = isRequests && demoAgent !== undefined;
  return (
    <PortalContext value={portal}>
      <QueryClientProvider client={portal.queries}>
        <RouterProvider navigate={navigate}>
          <a className="skip-link" href="#main">
            Skip to the page
          </a>
          <header className="top">
            <div className="top-inner">
              <Link className="brand" href="/" aria-label="Askfile, your requests">
                <Logo />
                <span className="brand-name">Askfile</span>
              </Link>
              <nav aria-label="Pages" className="pages">
                {pages
                  .filter(({ isFor }) => isFor(portal.viewer))
                  .map(({ name, icon: Icon, path }) => (
                    <Link
                      key={path}
                      href={path}
                      aria-current={path === page.path ? 'page' : undefined}
                      className="page-link"
                    >
                      <Icon aria-hidden size={18} />
                      <span className="page-name">{name}</span>
                      {path === '/' && openCount > 0 && (
                        <span className="count" aria-label={`, ${openCount} open`}>
                          {openCount}
                        </span>
                      )}
                    </Link>
                  ))}
              </nav>
              <div className="top-tools">
                <NotificationsButton notifier={notifier} />
                <ThemeMenu theme={theme} />
                <UserMenu viewer={portal.viewer} onSignOut={onSignOut} />
              </div>
            </div>
          </header>
          <ConnectionNote connection={connection} />
          <div
            className={isRequests ? (hasDemo ? 'columns columns-demo' : 'columns') : 'columns columns-wide'}
          >
            <main id="main" tabIndex={-1} ref={main}>
              <PageBoundary key={page.path}>
                <Suspense
                  fallback={<p className="skeleton" aria-busy="true" aria-label="Opening the page" />}
                >
                  {page.isFor(portal.viewer) ? <page.component /> : <NotForYou page={page.name} />}
                </Suspense>
              </PageBoundary>
            </main>
            {hasDemo && (
              <DemoAgentPanel agent={demoAgent} userName={portal.viewer.name ?? portal.viewer.id} />
            )}
          </div>
          <UnlockDialog />
          <Uploads />
        </RouterProvider>
      </QueryClientProvider>
    </PortalContext>
  );
}
