import { X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from '../../ui/button.js';
import { useWide } from '../use-wide.js';
import './details.css';

export interface DetailsPanelProps {
  readonly title: string;
  /** The person has just opened it. */
  readonly takesFocus: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Beside the list where there is room, in front of it on phones. */
export function DetailsPanel(props: DetailsPanelProps) {
  return useWide() ? <SidePanel {...props} /> : <Sheet {...props} />;
}

function SidePanel({ title, takesFocus, onClose, children }: DetailsPanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus({ preventScroll: true });
  }, [takesFocus, title]);
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    onClose();
  };
  return (
    <aside className="details details-side" aria-labelledby="details-title" onKeyDown={closeByKey}>
      <header className="details-head">
        <h2 ref={heading} tabIndex={-1} id="details-title" className="details-title">
          {title}
        </h2>
        <IconButton icon={X} label="Close the details" onPress={onClose} />
      </header>
      {children}
    </aside>
  );
}

function Sheet({ title, onClose, children }: DetailsPanelProps) {
  return (
    <ModalOverlay className="details-backdrop" isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className="details-sheet">
        <Dialog className="details">
          <header className="details-head">
            <Heading slot="title" className="details-title">
              {title}
            </Heading>
            <IconButton icon={X} label="Close the details" onPress={onClose} />
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
