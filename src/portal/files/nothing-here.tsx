import { FolderOpen, SearchX } from 'lucide-react';
import { Button } from '../ui/button.js';
import type { Place } from './place.js';

export interface NothingHereProps {
  readonly place: Place;
  /** Something is searched or filtered. */
  readonly isLooking: boolean;
  readonly onWiden: () => void;
}

export function NothingHere({ place, isLooking, onWiden }: NothingHereProps) {
  if (isLooking) {
    return (
      <div className="browse-note">
        <SearchX aria-hidden size={36} />
        <p className="browse-note-title">Nothing fits</p>
        <p>Names, descriptions and what is written in documents were searched.</p>
        <Button onPress={onWiden}>Show everything</Button>
      </div>
    );
  }
  return (
    <div className="browse-note">
      <FolderOpen aria-hidden size={36} />
      <p className="browse-note-title">Nothing here yet</p>
      <p>
        {place.kind === 'memory'
          ? 'What you answer this agent with is kept here.'
          : 'Files that you or agents add appear here at once.'}
      </p>
    </div>
  );
}
