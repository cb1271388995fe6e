import { useCallback, useMemo, useRef, useState } from 'react';
import type { Key } from 'react-aria-components';
import { useStore } from '../state/store.js';
import { canMove, toActs, type May } from './acts.js';
import { BrowsedList } from './browsed-list.js';
import { EntryDialogs } from './entry-dialogs.js';
import { EntryMenu } from './entry-menu.js';
import { toEntries, type Entry, type Folder } from './entry.js';
import { FilterTags } from './filter-tags.js';
import { makeLayout } from './layout.js';
import type { Place } from './place.js';
import { OpenFile } from './open-file.js';
import { SelectionBar } from './selection-bar.js';
import { Toolbar } from './toolbar.js';
import { useEntryActs } from './use-entry-acts.js';
import { useFileActions } from './use-file-actions.js';
import { useFiles } from './use-files.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { useLive } from './use-live.js';
import { useMoveByDrag } from './use-move-by-drag.js';
import { useShortcuts } from './use-shortcuts.js';
import { useView } from './use-view.js';
import { isNarrowed } from './view.js';

export interface FileBrowserProps {
  readonly place: Place;
  /** Those in it, by name. */
  readonly folders: readonly Folder[];
  readonly may: May;
}

const nothing: ReadonlySet<Key> = new Set();

/** What is in a place, as it is looked at, and all that can be done with it. */
export function FileBrowser({ place, folders, may }: FileBrowserProps) {
  const { view, change, widen, openId, open, ...looking } = useView(place);
  // What a link has opened leaves the focus where it is.
  const [isLinked, setIsLinked] = useState(openId !== undefined);
  const openFile = useCallback(
    (id: string) => {
      setIsLinked(false);
      open(id);
    },
    [open],
  );
  const found = useFiles(place, view);
  const { files } = found;
  const [layoutStore] = useState(() => makeLayout(localStorage));
  const layout = useStore(layoutStore);
  const [selection, setSelection] = useState(nothing);
  const actions = useFileActions(place);
  const list = useRef<HTMLDivElement>(null);
  useLive(place);

  const isLooking = place.kind === 'space' && isNarrowed(view);
  const entries = useMemo(
    () => toEntries(isLooking ? [] : folders, files ?? []),
    [isLooking, folders, files],
  );
  // What has gone meanwhile is not meant any more.
  const selected = useMemo(() => entries.filter(({ id }) => selection.has(id)), [entries, selection]);
  const selectNothing = useCallback(() => setSelection(nothing), []);
  const acting = useEntryActs({ place, actions, onOpenFile: openFile, onRemoved: selectNothing });
  const { act } = acting;
  const toMenu = useCallback(
    (entry: Entry) => (
      <EntryMenu entry={entry} acts={toActs(entry, place, may)} onAct={(what) => act(what, [entry])} />
    ),
    [place, may, act],
  );
  const { dragAndDropHooks } = useMoveByDrag({
    entries,
    isAllowed: canMove(place, may),
    onMove: (on, target) => void actions.move(on, target).then(selectNothing),
  });
  const onKeyDown = useShortcuts({ entries, selected, place, may, act });
  const area = useKeptFocus(list);
  const closeDetails = () => {
    looking.close();
    list.current?.focus();
  };

  return (
    <div ref={area}>
      <Toolbar place={place} view={view} onChange={change} layout={layout} onLayout={layoutStore.set} />
      <FilterTags view={view} onChange={change} />
      <div className={openId === undefined ? 'browse-columns' : 'browse-columns browse-columns-details'}>
        <div>
          <BrowsedList
            place={place}
            view={view}
            onChange={change}
            onWiden={widen}
            found={found}
            entries={entries}
            layout={layout}
            selection={selection}
            selectedCount={selected.length}
            onSelect={setSelection}
            onOpen={acting.open}
            openId={openId}
            hasPaths={isLooking}
            toMenu={toMenu}
            onKeyDown={onKeyDown}
            dragAndDropHooks={dragAndDropHooks}
            list={list}
          />
          {selected.length > 0 && (
            <SelectionBar entries={selected} place={place} may={may} onAct={act} onClear={selectNothing} />
          )}
        </div>
        {openId !== undefined && (
          <OpenFile
            id={openId}
            place={place}
            may={may}
            files={files ?? []}
            actions={actions}
            isEnlarged={looking.isEnlarged}
            takesFocus={!isLinked}
            onAct={(what, entry) => act(what, [entry])}
            onEnlarge={() => looking.enlarge(openId)}
            onGo={looking.enlargeOther}
            onReduce={looking.reduce}
            onClose={closeDetails}
          />
        )}
      </div>
      {acting.asking && (
        <EntryDialogs
          asking={acting.asking}
          place={place}
          may={may}
          actions={actions}
          onClose={acting.stopAsking}
        />
      )}
    </div>
  );
}
