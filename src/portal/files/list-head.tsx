import { Checkbox } from 'react-aria-components';
import type { Entry } from './entry.js';
import type { Place } from './place.js';
import type { View } from './view.js';

export interface ListHeadProps {
  readonly place: Place;
  readonly view: View;
  readonly onChange: (change: Partial<View>) => void;
  readonly entries: readonly Entry[];
  readonly hasMore: boolean;
  readonly selectedCount: number;
  readonly onSelectAll: (isAll: boolean) => void;
}

/** How much there is, all of it to be selected at once, and, while something is searched, where. */
export function ListHead(props: ListHeadProps) {
  const { place, view, onChange, entries, hasMore, selectedCount, onSelectAll } = props;
  const hasScope = view.search !== undefined && place.kind === 'space' && place.folderId !== undefined;
  return (
    <div className="list-head">
      {entries.length > 0 && (
        <Checkbox
          className="check"
          aria-label="Select all that are shown"
          isSelected={selectedCount === entries.length}
          isIndeterminate={selectedCount > 0 && selectedCount < entries.length}
          onChange={onSelectAll}
        >
          <span className="check-box" aria-hidden />
        </Checkbox>
      )}
      <p role="status" className="list-count">
        {toCount(entries, hasMore)}
      </p>
      {hasScope && (
        <Checkbox
          className="check"
          isSelected={view.isEverywhere}
          onChange={(isEverywhere) => onChange({ isEverywhere })}
        >
          <span className="check-box" aria-hidden />
          In the whole space
        </Checkbox>
      )}
    </div>
  );
}

/** "2 folders, 50+ files". */
function toCount(entries: readonly Entry[], hasMore: boolean): string {
  const folders = entries.filter(({ kind }) => kind === 'folder').length;
  const files = entries.length - folders;
  const words = [
    folders === 0 ? '' : folders === 1 ? '1 folder' : `${folders} folders`,
    files === 0 && folders > 0 ? '' : hasMore ? `${files}+ files` : files === 1 ? '1 file' : `${files} files`,
  ];
  return words.filter((word) => word !== '').join(', ');
}
