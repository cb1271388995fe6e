import { useMemo } from 'react';
import { Link } from 'react-aria-components';
import type { Memory } from '../../client/index.js';
import { LockedBanner } from '../vault/locked-banner.js';
import { MemoryLock } from '../vault/memory-lock.js';
import { isLocked, useMemories } from '../vault/use-memories.js';
import type { Permission } from '../../client/generated/schema.js';
import { Crumb, Crumbs } from './crumbs.js';
import { FileBrowser } from './file-browser.js';
import { ListSkeleton } from './list-skeleton.js';
import { Failure, NotThere } from './not-there.js';
import type { Place } from './place.js';

/** What one agent keeps of the person, who may do anything with it but add to it: that is by answering. */
export function MemoryPage({ memoryUrn }: { memoryUrn: string }) {
  const { data, error, refetch } = useMemories();
  if (error) return <Failure error={error} onAgain={() => void refetch()} />;
  if (data === undefined) return <ListSkeleton />;
  const memory = data.find(({ urn }) => urn === memoryUrn);
  return memory === undefined ? <NotThere /> : <OneMemory memory={memory} />;
}

const may: ReadonlySet<Permission> = new Set(['ASSETS_READ', 'ASSETS_UPDATE', 'ASSETS_DELETE']);

function OneMemory({ memory }: { memory: Memory }) {
  const { urn, agent, encrypted } = memory;
  const place = useMemo<Place>(
    () => ({ kind: 'memory', memoryUrn: urn, agentUrn: agent.urn, isEncrypted: encrypted }),
    [urn, agent.urn, encrypted],
  );
  return (
    <>
      <Crumbs>
        <Crumb>
          <Link className="crumb-link">{agent.name}’s memory</Link>
        </Crumb>
      </Crumbs>
      <div className="browse-head">
        <h1 className="page-title browse-title">{agent.name}’s memory of you</h1>
        <MemoryLock memory={memory} />
      </div>
      {isLocked(memory) && <LockedBanner memoryUrn={urn} />}
      <FileBrowser place={place} folders={[]} may={may} />
    </>
  );
}
