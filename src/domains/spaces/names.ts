import { AppError, badInput } from '../../core/errors.js';
import { toPlainName } from '../../core/text.js';

const maxNameLength = 100;
/** What file systems carry. */
const maxFolderNameBytes = 255;

/** Of a space or a role: in NFC, without the space around it. Throws BAD_USER_INPUT (`name`). */
export function toName(text: string): string {
  const name = text.normalize('NFC').trim();
  const { length } = [...name];
  if (length < 1 || length > maxNameLength || toPlainName(name) !== name) {
    throw badInput('name', `Give a name of 1 to ${maxNameLength} printable characters.`);
  }
  return name;
}

/**
 * As it was given, but in NFC and without controls and bidi controls; its case is kept, and counts. Throws
 * BAD_USER_INPUT (`name`) for what could not stand in a path: nothing, `.` and `..`, slashes, more than 255 bytes.
 */
export function toFolderName(text: string): string {
  const name = toPlainName(text);
  if (name.trim() === '' || name === '.' || name === '..') {
    throw badInput('name', 'Give the folder a name.');
  }
  if (/[/\\]/.test(name)) throw badInput('name', 'The name of a folder holds no slashes.');
  if (Buffer.byteLength(name) > maxFolderNameBytes) {
    throw badInput('name', `The name of a folder has at most ${maxFolderNameBytes} bytes.`);
  }
  return name;
}

export function nameTaken(message: string): AppError {
  return new AppError('NAME_TAKEN', message, { extensions: { field: 'name' } });
}
