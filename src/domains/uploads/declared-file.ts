import { isMimeTypeAllowed, normalizeMimeType } from '../../core/mime.js';
import { AppError, badInput } from '../../core/errors.js';
import { normalizeDescription } from '../assets/description.js';
import { normalizeFilename } from '../assets/filename.js';
import type { DeclaredFile } from './upload.js';

export interface FileInput {
  filename: string;
  mimeType: string;
  sizeBytes: number;
  sha256?: string | null | undefined;
  description?: string | null | undefined;
}

export interface FileLimits {
  maxSizeBytes: number;
  /** null: any. */
  allowedMimeTypes: readonly string[] | null;
}

/**
 * Checks a file as its sender declares it. Throws BAD_USER_INPUT with the field, FILE_TOO_LARGE or
 * MIME_TYPE_NOT_ALLOWED (both with the limit in `extensions`).
 */
export function parseDeclaredFile(input: FileInput, limits: FileLimits): DeclaredFile {
  const filename = normalizeFilename(input.filename);
  const mimeType = normalizeMimeType(input.mimeType);
  if (mimeType === undefined)
    throw badInput('file.mimeType', 'The type is not a MIME type such as image/png.');
  if (!Number.isSafeInteger(input.sizeBytes) || input.sizeBytes < 1) {
    throw badInput('file.sizeBytes', 'The size must be a whole number of bytes, at least 1.');
  }
  const sha256 = input.sha256?.toLowerCase() ?? null;
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw badInput('file.sha256', 'The SHA-256 must be 64 hexadecimal digits.');
  }
  const description = normalizeDescription(input.description, 'file.description');
  if (limits.allowedMimeTypes !== null && !isMimeTypeAllowed(mimeType, limits.allowedMimeTypes)) {
    throw new AppError('MIME_TYPE_NOT_ALLOWED', `Files of type ${mimeType} are not accepted here.`, {
      extensions: { field: 'file.mimeType', allowedMimeTypes: limits.allowedMimeTypes },
    });
  }
  if (input.sizeBytes > limits.maxSizeBytes) {
    throw new AppError(
      'FILE_TOO_LARGE',
      `The file has ${input.sizeBytes} bytes; ${limits.maxSizeBytes} are accepted.`,
      { extensions: { field: 'file.sizeBytes', maxSizeBytes: limits.maxSizeBytes } },
    );
  }
  return { filename, mimeType, sizeBytes: input.sizeBytes, sha256, description };
}
