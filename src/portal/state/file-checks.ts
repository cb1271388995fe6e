import { toMimeType } from '../../client/mime-type.js';
import type { UploadPrompt } from '../../client/index.js';

export type FileProblem = 'empty' | 'too-large' | 'wrong-type';

type Limits = Pick<UploadPrompt, 'allowedMimeTypes' | 'maxSizeBytes'>;

/** What the service would refuse a file for, told before a byte is sent; undefined when it looks right. */
export function findProblem(
  file: { readonly name: string; readonly type: string; readonly size: number },
  { allowedMimeTypes, maxSizeBytes }: Limits,
): FileProblem | undefined {
  if (file.size === 0) return 'empty';
  if (!isTypeAllowed(file.type || toMimeType(file.name), allowedMimeTypes)) return 'wrong-type';
  return file.size > maxSizeBytes ? 'too-large' : undefined;
}

export function isTypeAllowed(mimeType: string, allowed: readonly string[]): boolean {
  const type = mimeType.toLowerCase();
  return allowed.some(
    (pattern) => pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1))),
  );
}
