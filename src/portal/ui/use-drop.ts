import { useState, type DragEvent } from 'react';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');

/** What makes an element take files that are dragged from elsewhere. The browser empties the drop after `onDrop`. */
export function useDrop(onDrop: (drop: DataTransfer) => void) {
  // Moving over a child leaves the parent: what was entered and not left again counts.
  const [depth, setDepth] = useState(0);
  return {
    isOver: depth > 0,
    dropProps: {
      onDragEnter: (event: DragEvent) => {
        if (hasFiles(event)) setDepth((entered) => entered + 1);
      },
      onDragLeave: (event: DragEvent) => {
        if (hasFiles(event)) setDepth((entered) => Math.max(0, entered - 1));
      },
      onDragOver: (event: DragEvent) => {
        if (hasFiles(event)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setDepth(0);
        onDrop(event.dataTransfer);
      },
    },
  };
}
