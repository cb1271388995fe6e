import { FolderOpen, SearchX } from 'lucide-react';
import { Button } from '../ui/button.js';
import type { Place } from './place.js';
import { isNarrowed, type View } from './view.js';

export interface NothingHereProps {
  readonly place: Place;
  readonly view: View;
  readonly onWiden: () => void;
}

export function NothingHere({ place, view, onWiden }: NothingHereProps) {
  if (isNarrowed(view)) {
    return (
      <div className="browse-note">
        <SearchX aria-hidden size={36} />
        <p className="browse-note-title">Nothing fits</p>
        {view.search !== undefined && (
          <p>Names, descriptions and what is written in documents were searched.</p>
        )}
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
