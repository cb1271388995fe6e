import { z } from 'zod';
import type { ProcessingKind } from '../../domains/processing/processing.js';

/** What the child is told, as JSON in its one argument. */
export interface ExtractionRequest {
  readonly kind: ProcessingKind;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly maxTextBytes: number;
  /** Absolute paths; what this machine does not have is not there. */
  readonly tools: Tools;
  /** As tesseract names them: `eng`, `deu+eng`. */
  readonly ocrLanguages: string;
}

export interface Tools {
  readonly ffmpeg?: string;
  readonly ffprobe?: string;
  readonly tesseract?: string;
}

const side = z
  .number()
  .int()
  .min(1)
  .max(2 ** 30);

/**
 * What the child answers, as JSON on a line of its own: why nothing can be found, or what was. Each line adds to those
 * before, or puts them right. Read as what a stranger says: it may have been taken over by the file.
 */
export const extractionAnswer = z.union([
  z.strictObject({ reason: z.string().min(1).max(300) }),
  z.strictObject({
    text: z.string().nullable().exactOptional(),
    isTextCut: z.boolean().exactOptional(),
    width: side.exactOptional(),
    height: side.exactOptional(),
    durationSeconds: z
      .number()
      .min(0)
      .max(2 ** 31)
      .exactOptional(),
    thumbnail: z.base64().exactOptional(),
  }),
]);

export type ExtractionAnswer = z.infer<typeof extractionAnswer>;
