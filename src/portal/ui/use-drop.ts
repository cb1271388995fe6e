import { useState, type DragEvent } from 'react';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');

/** What makes an element take files that are dragged from elsewhere. The browser empties the drop after `onDrop`. */
export function useDrop(onDrop: (drop: DataTransfer) => void) {
  const [isOver, setIsOver] = useState(false);
  const enter = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setIsOver(true);
  };
  return {
    isOver,
    dropProps: {
      onDragEnter: enter,
      // Also where a browser does not say to where the pointer has left, and it was a child.
      onDragOver: enter,
      onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setIsOver(false);
      },
      onDrop: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setIsOver(false);
        onDrop(event.dataTransfer);
      },
    },
  };
}
