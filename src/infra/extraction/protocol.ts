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
  .max(2 ** 30)
  .nullable();

/** What the child answers, as JSON. Read as what a stranger says: it may have been taken over by the file. */
export const extractionAnswer = z.union([
  z.object({ reason: z.string().min(1).max(300) }),
  z.object({
    text: z.string().nullable(),
    isTextCut: z.boolean(),
    width: side,
    height: side,
    durationSeconds: z
      .number()
      .min(0)
      .max(2 ** 31)
      .nullable(),
    thumbnail: z.base64().nullable(),
  }),
]);

export type ExtractionAnswer = z.infer<typeof extractionAnswer>;
