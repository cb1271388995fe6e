import { Files, Inbox, SearchX, Settings2, type LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { Viewer } from '../../client/index.js';
import { RequestsPage } from '../prompts/requests-page.js';
import { later } from '../ui/later.js';
import { NothingHere } from './nothing-here.js';

export interface Page {
  readonly name: string;
  readonly icon: LucideIcon;
  /** Where it is, and everything beneath. */
  readonly path: string;
  readonly component: ComponentType;
  readonly isFor: (viewer: Viewer) => boolean;
}

const toEverybody = () => true;

/** What there is to go to. Whoever only answers loads nothing of the other pages. */
export const pages: readonly [Page, ...Page[]] = [
  { name: 'Requests', icon: Inbox, path: '/', component: RequestsPage, isFor: toEverybody },
  {
    name: 'Files',
    icon: Files,
    path: '/files',
    component: later(async () => (await import('../files/files-page.js')).FilesPage),
    isFor: toEverybody,
  },
  {
    name: 'Admin',
    icon: Settings2,
    path: '/admin',
    component: later(async () => (await import('../admin/admin-page.js')).AdminPage),
    // Builders see how their agents are set up, and who can change it.
    isFor: ({ orgRole }) => orgRole === 'ADMIN' || orgRole === 'BUILDER',
  },
];

const nowhere: Page = {
  name: 'Nothing here',
  icon: SearchX,
  path: '*',
  component: NothingHere,
  isFor: toEverybody,
};

/** The page of an address, whoever it is for. */
export function toPage(location: string): Page {
  return pages.find(({ path }) => location === path || location.startsWith(`${path}/`)) ?? nowhere;
}
