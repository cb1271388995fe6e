import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from '../../ui/button.js';
import type { StoredFile } from '../entry.js';
import './preview.css';
import { PreviewBody } from './preview-body.js';

export interface PreviewProps {
  readonly file: StoredFile;
  /** Those beside it in the list. */
  readonly previous: StoredFile | undefined;
  readonly next: StoredFile | undefined;
  readonly onGo: (file: StoredFile) => void;
  readonly onDownload: () => void;
  readonly onClose: () => void;
}

/** One file, over everything else. */
export function Preview({ file, previous, next, onGo, onDownload, onClose }: PreviewProps) {
  const go = ({ key, target }: KeyboardEvent) => {
    // Players and texts have their own use for the arrows.
    if (target instanceof HTMLMediaElement || (target instanceof HTMLElement && target.role === 'region'))
      return;
    const to = key === 'ArrowLeft' ? previous : key === 'ArrowRight' ? next : undefined;
    if (to !== undefined) onGo(to);
  };
  return (
    <ModalOverlay className="preview-backdrop" isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className="preview-frame">
        <Dialog className="preview-dialog">
          <div className="preview" onKeyDown={go}>
            <header className="preview-head">
              <Heading slot="title" className="preview-name">
                {file.filename}
              </Heading>
              {file.scanStatus === 'CLEAN' && (
                <IconButton icon={Download} label="Download" onPress={onDownload} />
              )}
              <IconButton icon={X} label="Close the preview" onPress={onClose} />
            </header>
            <div className="preview-body">
              <PreviewBody file={file} onDownload={onDownload} />
            </div>
            {previous && (
              <div className="preview-go preview-previous">
                <IconButton
                  icon={ChevronLeft}
                  label={`Previous: ${previous.filename}`}
                  onPress={() => onGo(previous)}
                />
              </div>
            )}
            {next && (
              <div className="preview-go preview-next">
                <IconButton icon={ChevronRight} label={`Next: ${next.filename}`} onPress={() => onGo(next)} />
              </div>
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
