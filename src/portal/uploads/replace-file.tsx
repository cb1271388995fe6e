import { Replace } from 'lucide-react';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { usePortal } from '../shell/portal-context.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { toSize } from '../words/size.js';

export interface ReplaceFileProps {
  readonly asset: { readonly id: string; readonly filename: string };
  /** The space that it is in: what is in memories is not replaced. */
  readonly spaceId: string;
}

/** Other bytes in the place of a file's: everything that leads to it stays. */
export function ReplaceFile({ asset, spaceId }: ReplaceFileProps) {
  const { uploads } = usePortal();
  const [chosen, setChosen] = useState<File>();
  const { id, filename } = asset;

  function replace(file: File): void {
    const destination = { spaceId, folderId: undefined, name: filename, replaces: { assetId: id, filename } };
    uploads.add(destination, { files: [{ file, path: [] }], emptyFolders: [] });
    setChosen(undefined);
  }

  return (
    <>
      <FileTrigger onSelect={(files) => setChosen(files?.[0])}>
        <Button icon={Replace}>Replace</Button>
      </FileTrigger>
      {chosen && (
        <Dialog title={`Replace ${filename}?`} isOpen onClose={() => setChosen(undefined)}>
          <p className="dialog-text">
            <strong>{chosen.name}</strong> ({toSize(chosen.size)}) takes its place once it has been checked.
            Until then, and if the check blocks it, the file that is there now is what people get. Its folder,
            its URN and its description stay.
          </p>
          <div className="actions actions-end">
            <Button onPress={() => setChosen(undefined)}>Keep it as it is</Button>
            <Button look="primary" onPress={() => replace(chosen)}>
              Replace
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
