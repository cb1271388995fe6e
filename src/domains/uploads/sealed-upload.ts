import type { MemoryCipher } from '../vault/memory-cipher.js';
import { openNames, sealNames } from '../vault/sealed-names.js';
import type { DeclaredFile, Upload } from './upload.js';

/** What an upload's row has of the names that its sender gave: as they are, or sealed with its id in their place. */
export function toStoredNames(
  cipher: MemoryCipher | null,
  id: string,
  { filename, description }: DeclaredFile,
): Pick<Upload, 'filename' | 'description' | 'sealed'> {
  if (cipher === null) return { filename, description, sealed: null };
  const sealed = sealNames(cipher, { kind: 'upload', id }, { filename, description });
  return { filename: id, description: null, sealed };
}

/** With its names. Throws `SealBrokenError`. */
export function openUpload(cipher: MemoryCipher | null, upload: Upload): Upload {
  if (cipher === null || upload.sealed === null) return upload;
  return { ...upload, ...openNames(cipher, upload.sealed), sealed: null };
}
