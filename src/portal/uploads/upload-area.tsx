import { Upload } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { usePortal } from '../shell/portal-context.js';
import { useDrop } from '../ui/use-drop.js';
import { fromDrop } from './chosen.js';
import type { UploadTo } from './upload-button.js';
import './uploads.css';

export interface UploadAreaProps extends UploadTo {
  /** Otherwise it takes nothing. */
  readonly mayUpload: boolean;
  readonly children: ReactNode;
}

/** Around a list: what is dropped on it, files and folders with all that is in them, goes there. */
export function UploadArea({ mayUpload, children, ...to }: UploadAreaProps) {
  const { uploads } = usePortal();
  const [isReading, setIsReading] = useState(false);
  const [isUnreadable, setIsUnreadable] = useState(false);

  async function take(drop: DataTransfer): Promise<void> {
    setIsUnreadable(false);
    setIsReading(true);
    try {
      uploads.add(to, await fromDrop(drop));
    } catch {
      // Nothing was added: half of a folder is worse than none.
      setIsUnreadable(true);
    }
    setIsReading(false);
  }

  const { isOver, dropProps } = useDrop((drop) => void take(drop));

  return (
    <div className="upload-area" {...(mayUpload && dropProps)}>
      {children}
      {isOver && (
        <div className="upload-over">
          <p className="upload-over-words">
            <Upload aria-hidden size={20} />
            Drop to upload to <strong>{to.name}</strong>
          </p>
        </div>
      )}
      <div role="status">{isReading && <p className="upload-note">Looking through what you dropped…</p>}</div>
      {isUnreadable && (
        <p role="alert" className="upload-note upload-note-bad">
          What you dropped could not be read, so nothing was uploaded. Check that you may open it, then drop
          it again.
        </p>
      )}
    </div>
  );
}
