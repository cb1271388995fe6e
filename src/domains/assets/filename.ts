import { create } from 'content-disposition';
import { badInput } from '../../core/errors.js';
import { cutText, toPlainName } from '../../core/text.js';

/** What file systems and headers carry. */
export const maxFilenameBytes = 255;

/**
 * The name as it was given, except: only what follows the last `/` or `\` (some clients send whole paths), without
 * controls and bidi controls, in NFC, 255 bytes of UTF-8 at most; what is too long loses the end of its stem, not
 * its extension. Throws BAD_USER_INPUT that names `field` when nothing is left.
 */
export function normalizeFilename(raw: string, field = 'file.filename'): string {
  const clean = toPlainName(raw).replace(/[/\\]+$/, '');
  const name = shorten(clean.split(/[/\\]/).at(-1) ?? '');
  if (name.trim() === '' || name === '.' || name === '..') throw badInput(field, 'The filename is empty.');
  return name;
}

/**
 * In lower case, without dot; '' when the name has none, or none of letters and digits. Dots and spaces at the end
 * do not hide one: Windows drops them when it saves.
 */
export function toExtension(filename: string): string {
  return /.\.([a-z0-9]{1,16})[. ]*$/.exec(filename.toLowerCase())?.[1] ?? '';
}

/**
 * RFC 6266, with the ASCII stand-in that old clients read and the name itself in RFC 8187's encoding.
 * `filename` must be normalised.
 */
export function toContentDisposition(filename: string, disposition: 'attachment' | 'inline'): string {
  return create(filename, { type: disposition });
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= maxFilenameBytes) return name;
  const extension = /[^.](\.[^.\s]{1,16})$/u.exec(name)?.[1] ?? '';
  const stem = name.slice(0, name.length - extension.length);
  return cutText(stem, maxFilenameBytes - Buffer.byteLength(extension)) + extension;
}
