import { useQuery } from '@tanstack/react-query';
import { Brain, ChevronRight, FolderOpen, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Memory } from '../../client/index.js';
import { Link } from 'wouter';
import { usePortal } from '../shell/portal-context.js';
import { isLocked, useMemories } from '../vault/use-memories.js';
import { Avatar } from '../ui/avatar.js';
import { Overview } from './generated/documents.js';
import { Failure } from './not-there.js';
import { toMemoryPath, toSpacePath, trashPath } from './place.js';
import { toPermissionWords } from './words.js';

/** Where files are: the spaces that one may enter, and what each agent keeps of the person. */
export function OverviewPage() {
  return (
    <>
      <div className="browse-head">
        <h1 className="page-title browse-title">Files</h1>
        <Link href={trashPath} className="overview-trash">
          <Trash2 aria-hidden size={18} />
          Trash
        </Link>
      </div>
      <div className="overview">
        <Spaces />
        <Memories />
      </div>
    </>
  );
}

function Spaces() {
  const { client, viewer } = usePortal();
  const { data, error, refetch } = useQuery({
    queryKey: ['files', 'spaces'],
    queryFn: async ({ signal }) => (await client.query(Overview, {}, { signal })).viewer.organization.spaces,
  });
  return (
    <section aria-labelledby="spaces">
      <h2 id="spaces" className="overview-title">
        Spaces
      </h2>
      <p className="overview-about">Shared with people of {viewer.organization.name}.</p>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {!data && !error && <Skeleton label="Looking for spaces" />}
      {data?.length === 0 && <p className="overview-none">No space is shared with you yet.</p>}
      <ul className="overview-list">
        {data?.map(({ id, name, viewerPermissions }) => (
          <Tile key={id} href={toSpacePath(id)} name={name} about={toPermissionWords(viewerPermissions)}>
            <span className="tile-icon">
              <FolderOpen aria-hidden size={22} />
            </span>
          </Tile>
        ))}
      </ul>
    </section>
  );
}

function Memories() {
  const { data, error, refetch } = useMemories();
  return (
    <section aria-labelledby="memories">
      <h2 id="memories" className="overview-title">
        Memories
      </h2>
      <p className="overview-about">What you gave to agents. Each sees its own, and nobody else does.</p>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {!data && !error && <Skeleton label="Looking for memories" />}
      {data?.length === 0 && (
        <div className="overview-none">
          <Brain aria-hidden size={22} />
          <p>No agent has asked you for a file yet. What you send one is kept here.</p>
        </div>
      )}
      <ul className="overview-list">
        {data?.map((memory) => (
          <Tile
            key={memory.urn}
            href={toMemoryPath(memory.urn)}
            name={memory.agent.name}
            about={toAbout(memory)}
          >
            <Avatar name={memory.agent.name} />
          </Tile>
        ))}
      </ul>
    </section>
  );
}

function toAbout(memory: Memory): string {
  if (!memory.encrypted) return 'What this agent keeps of you';
  return isLocked(memory) ? 'Protected, locked' : 'Protected, unlocked for now';
}

interface TileProps {
  readonly href: string;
  readonly name: string;
  readonly about: string;
  readonly children: ReactNode;
}

function Tile({ href, name, about, children }: TileProps) {
  return (
    <li>
      <Link href={href} className="tile">
        {children}
        <span className="tile-words">
          <strong>{name}</strong>
          <span>{about}</span>
        </span>
        <ChevronRight aria-hidden size={18} />
      </Link>
    </li>
  );
}

function Skeleton({ label }: { label: string }) {
  return (
    <div aria-busy="true" role="status" aria-label={label} className="overview-list">
      <span className="tile tile-skeleton" />
      <span className="tile tile-skeleton" />
    </div>
  );
}
