import { useEffect, useEffectEvent } from 'react';
import { AskfileError } from '../../client/index.js';
import { toActs, type EntryAct, type May } from './acts.js';
import { DetailsPanel } from './details/details-panel.js';
import { FileDetails } from './details/file-details.js';
import type { Entry, StoredFile } from './entry.js';
import { Failure } from './not-there.js';
import type { Place } from './place.js';
import { Preview } from './preview/preview.js';
import type { FileActions } from './file-actions.js';
import { useFileDetails } from './use-file-details.js';

export interface OpenFileProps {
  readonly id: string;
  readonly place: Place;
  readonly may: May;
  /** Those that are listed, to go on to the next one. */
  readonly files: readonly StoredFile[];
  readonly actions: FileActions;
  readonly isEnlarged: boolean;
  readonly takesFocus: boolean;
  readonly onAct: (act: EntryAct, entry: Entry) => void;
  readonly onEnlarge: () => void;
  readonly onGo: (id: string) => void;
  readonly onReduce: () => void;
  readonly onClose: () => void;
}

/** The file that the address names: its details, and the file itself where that was asked for. */
export function OpenFile(props: OpenFileProps) {
  const { id, place, may, files, actions, isEnlarged, takesFocus } = props;
  const { onAct, onEnlarge, onGo, onReduce, onClose } = props;
  const { data: file, error, refetch } = useFileDetails(id);
  const isGone = error instanceof AskfileError && error.code === 'NOT_FOUND' && file !== undefined;
  const close = useEffectEvent(onClose);
  // Deleted, here or elsewhere, while it was shown.
  useEffect(() => {
    if (isGone) close();
  }, [isGone]);

  const listed = files.find((other) => other.id === id);
  const index = files.findIndex((other) => other.id === id);
  const shown = file ?? listed;
  const download = () => {
    if (shown !== undefined) void actions.download([shown]);
  };
  return (
    <>
      <DetailsPanel title={shown?.filename ?? 'Details'} takesFocus={takesFocus} onClose={onClose}>
        {file !== undefined ? (
          <FileDetails
            file={file}
            acts={toActs({ kind: 'file', id, file }, place, may)}
            onAct={onAct}
            onPreview={onEnlarge}
            actions={actions}
            replaceIn={place.kind === 'space' && may.has('ASSETS_UPDATE') ? place.spaceId : undefined}
          />
        ) : error ? (
          <Failure error={error} onAgain={() => void refetch()} />
        ) : (
          <p className="details-waiting" role="status" aria-busy="true" aria-label="Looking at the file" />
        )}
      </DetailsPanel>
      {isEnlarged && shown !== undefined && (
        <Preview
          file={shown}
          previous={index < 0 ? undefined : files[index - 1]}
          next={index < 0 ? undefined : files[index + 1]}
          onGo={(other) => onGo(other.id)}
          onDownload={download}
          onClose={onReduce}
        />
      )}
    </>
  );
}
