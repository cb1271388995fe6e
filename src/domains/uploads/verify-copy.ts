import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../core/errors.js';
import { ObjectChangedError, type ObjectStore, type StoredObject } from '../storage/object-store.js';
import { contentHeadBytes, verifyContent, type VerifiedContent } from './content.js';
import type { Upload } from './upload.js';

export interface VerifiedCopy {
  readonly copy: StoredObject;
  readonly content: VerifiedContent;
}

/** Copies what was staged to a key that only we know, and looks at the copy: nobody can change that. */
export function makeVerifyCopy({ objects }: { objects: ObjectStore }) {
  /**
   * Throws UPLOAD_MISMATCH when the bytes are other than declared, or were replaced meanwhile. What it throws leaves
   * the copy behind.
   */
  return async function verifyCopy(upload: Upload, staged: StoredObject, key: string): Promise<VerifiedCopy> {
    assertDeclared(upload, staged);
    const copy = await copyStaged(upload, staged, key);
    assertDeclared(upload, copy);
    if (upload.sha256 !== null && upload.sha256 !== (await hash(key, copy.etag))) {
      throw new AppError('UPLOAD_MISMATCH', 'The bytes that arrived do not have the declared SHA-256.');
    }
    const content = await verifyContent({
      head: await readHead(key, copy.etag),
      sizeBytes: copy.sizeBytes,
      declaredMimeType: upload.mimeType,
      filename: upload.filename,
    });
    return { copy, content };
  };

  async function copyStaged(upload: Upload, staged: StoredObject, key: string): Promise<StoredObject> {
    try {
      return await objects.copy({
        from: upload.stagingKey,
        to: key,
        etag: staged.etag,
        contentType: upload.mimeType,
      });
    } catch (error) {
      if (!(error instanceof ObjectChangedError)) throw error;
      throw new AppError('UPLOAD_MISMATCH', 'The bytes were replaced while they were being verified.', {
        cause: error,
      });
    }
  }

  async function hash(key: string, etag: string): Promise<string> {
    const digest = createHash('sha256');
    await pipeline(await objects.read(key, { etag }), digest);
    return digest.digest('hex');
  }

  async function readHead(key: string, etag: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of await objects.read(key, { byteCount: contentHeadBytes, etag })) {
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  }
}

/** Throws UPLOAD_MISMATCH. Storage should have refused these itself; not every one does. */
function assertDeclared(upload: Upload, stored: StoredObject): void {
  if (stored.sizeBytes !== upload.sizeBytes) {
    throw new AppError(
      'UPLOAD_MISMATCH',
      `${upload.sizeBytes} bytes were declared, ${stored.sizeBytes} have arrived.`,
    );
  }
  if (stored.contentType.split(';')[0]?.trim().toLowerCase() !== upload.mimeType) {
    throw new AppError('UPLOAD_MISMATCH', 'The bytes arrived under another type than was declared.');
  }
}
