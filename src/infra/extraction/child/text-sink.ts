import { cutText } from '../../../core/text.js';

export type TextSink = ReturnType<typeof makeTextSink>;

/** Gathers text until there is as much as is kept. */
export function makeTextSink(maxBytes: number) {
  const pieces: string[] = [];
  let bytes = 0;
  let isCut = false;

  return {
    /** What goes beyond is dropped. */
    add(piece: string): void {
      if (isCut) return;
      const size = Buffer.byteLength(piece);
      pieces.push(bytes + size > maxBytes ? cutText(piece, maxBytes - bytes) : piece);
      isCut = bytes + size > maxBytes;
      bytes += size;
    },
    /** Nothing more is taken: whoever reads may stop. */
    isFull: () => isCut,
    /** With runs of empty lines as one. */
    toFound: () => ({
      text: pieces
        .join('')
        .replace(/[^\S\n]+\n/g, '\n')
        .replace(/\n{3,}/g, '\n\n')
        .trim(),
      isTextCut: isCut,
    }),
  };
}
