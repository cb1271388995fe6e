import { Bot, Folders, HardDrive, ScrollText, type LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import { Link, Redirect, useLocation } from 'wouter';
import { AgentPage } from './agents/agent-page.js';
import { fromAgentPath } from './agents/agent-path.js';
import { AgentsPage } from './agents/agents-page.js';
import { AuditPage } from './audit/audit-page.js';
import { SpacePage } from './spaces/space-page.js';
import { SpacesPage } from './spaces/spaces-page.js';
import { StoragePage } from './storage/storage-page.js';
import { useIsAdmin } from './use-admin.js';
import './admin.css';

interface Area {
  readonly name: string;
  readonly icon: LucideIcon;
  readonly path: string;
  readonly component: ComponentType;
  /** Builders see the others. */
  readonly isForAdmins: boolean;
}

const areas: readonly Area[] = [
  { name: 'Agents', icon: Bot, path: '/admin/agents', component: Agents, isForAdmins: false },
  { name: 'Storage', icon: HardDrive, path: '/admin/storage', component: StoragePage, isForAdmins: true },
  { name: 'Spaces', icon: Folders, path: '/admin/spaces', component: Spaces, isForAdmins: true },
  { name: 'Audit log', icon: ScrollText, path: '/admin/audit', component: AuditPage, isForAdmins: true },
];

/** What admins decide for the organization. */
export function AdminPage() {
  const [location] = useLocation();
  const isAdmin = useIsAdmin();
  const area = areas.find(({ path }) => location === path || location.startsWith(`${path}/`));
  if (area === undefined) return <Redirect to="/admin/agents" replace />;
  return (
    <div className="admin">
      <h1 className="page-title">Admin</h1>
      <nav aria-label="Admin" className="admin-nav">
        {areas
          .filter(({ isForAdmins }) => isAdmin || !isForAdmins)
          .map(({ name, icon: Icon, path }) => (
            <Link
              key={path}
              href={path}
              className="admin-nav-link"
              aria-current={path === area.path ? 'page' : undefined}
            >
              <Icon aria-hidden size={18} />
              {name}
            </Link>
          ))}
      </nav>
      {isAdmin || !area.isForAdmins ? (
        <area.component />
      ) : (
        <p className="admin-empty">Only admins of your organization see this.</p>
      )}
    </div>
  );
}

function Agents() {
  // The browser's own path: what the router makes of it can't tell every URN from another.
  const urn = fromAgentPath(window.location.pathname);
  return urn === undefined ? <AgentsPage /> : <AgentPage urn={urn} />;
}

function Spaces() {
  const [location] = useLocation();
  const [, , , id] = location.split('/');
  return id === undefined || id === '' ? <SpacesPage /> : <SpacePage id={id} />;
}
