import { useState, type DragEvent } from 'react';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');

/**
 * What makes an element take files that are dragged from elsewhere, whatever its children do with other drags: they
 * hear nothing of these. The browser empties the drop after `onDrop`.
 */
export function useDrop(onDrop: (drop: DataTransfer) => void) {
  const [isOver, setIsOver] = useState(false);
  const enter = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    setIsOver(true);
  };
  return {
    isOver,
    dropProps: {
      onDragEnterCapture: enter,
      // Also where a browser does not say to where the pointer has left, and it was a child.
      onDragOverCapture: enter,
      onDragLeaveCapture: ({ currentTarget, relatedTarget }: DragEvent) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setIsOver(false);
      },
      onDropCapture: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setIsOver(false);
        onDrop(event.dataTransfer);
      },
    },
  };
}
