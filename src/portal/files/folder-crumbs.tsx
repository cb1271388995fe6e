import { useRef } from 'react';
import { Link, useDrop } from 'react-aria-components';
import { Crumb, Crumbs } from './crumbs.js';
import type { Entry } from './entry.js';
import { entryDragType, readDropped } from './entry-drag.js';
import { toSpacePath } from './place.js';
import type { Target } from './file-actions.js';
import type { SpacePlace } from './use-space-place.js';

export interface FolderCrumbsProps {
  readonly place: SpacePlace;
  /** What is dropped on a step goes there; without it, nothing can be dropped. */
  readonly onMove: ((entries: readonly Entry[], target: Target) => void) | undefined;
}

/** The way to a folder, each step of it a link. */
export function FolderCrumbs({ place: { space, crumbs }, onMove }: FolderCrumbsProps) {
  return (
    <Crumbs>
      <Crumb>
        <Step
          spaceId={space.id}
          id={undefined}
          name={space.name}
          onMove={crumbs.length > 0 ? onMove : undefined}
        />
      </Crumb>
      {crumbs.map(({ id, name }, index) => (
        <Crumb key={id}>
          <Step
            spaceId={space.id}
            id={id}
            name={name}
            // Where they are already, nothing is moved to.
            onMove={index < crumbs.length - 1 ? onMove : undefined}
          />
        </Crumb>
      ))}
    </Crumbs>
  );
}

interface StepProps extends Target {
  readonly spaceId: string;
  readonly onMove: FolderCrumbsProps['onMove'];
}

function Step({ spaceId, id, name, onMove }: StepProps) {
  const ref = useRef<HTMLAnchorElement>(null);
  const { dropProps, isDropTarget } = useDrop({
    ref,
    isDisabled: onMove === undefined,
    getDropOperation: (types) => (types.has(entryDragType) ? 'move' : 'cancel'),
    onDrop: ({ items }) => {
      void readDropped(items).then((entries) => onMove?.(entries, { id, name }));
    },
  });
  return (
    <span {...dropProps} className="crumb-step" data-drop-target={isDropTarget || undefined}>
      <Link ref={ref} href={toSpacePath(spaceId, id)} className="crumb-link">
        {name}
      </Link>
    </span>
  );
}
