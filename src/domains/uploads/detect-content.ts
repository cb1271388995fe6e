import { fileTypeFromBuffer } from 'file-type';
import { isProtectedOffice, protectedOffice } from './protected-office.js';

/** Sound whose tags fill the head, so that its kind shows only behind them. */
const taggedSound = 'audio/x-id3';

/**
 * The MIME type that the first bytes are certain to be, or undefined; text is not looked at here. What needs bytes
 * from beyond the head to be told apart comes back as its container: `application/zip`, `application/x-cfb`,
 * `audio/x-id3`.
 */
export async function detectMimeType(head: Uint8Array): Promise<string | undefined> {
  if (beginsAsPdf(head)) return 'application/pdf';
  const detected = await ask(head);
  // Readers also find the header within the first 1,024 bytes, behind whatever else the file is.
  if (detected === 'application/pdf') return undefined;
  if (startsWith(head, 'ID3') && (detected === undefined || isTagLonger(head))) return taggedSound;
  if (detected === 'application/x-cfb' && isProtectedOffice(head)) return protectedOffice;
  if (detected === 'image/bmp' && !isBitmap(head)) return undefined;
  if (detected === 'application/x-msdownload' && !isProgram(head)) return undefined;
  if (detected !== undefined) return detected;
  if (startsWith(head, 'PK\x03\x04') || startsWith(head, 'PK\x05\x06')) return 'application/zip';
  // Its directory may lie at the end of the file.
  if (startsWith(head, 'II*\0') || startsWith(head, 'MM\0*')) return 'image/tiff';
  return isOldWorkbook(head) ? 'application/vnd.ms-excel' : undefined;
}

/** A byte order mark or white space before the header is nothing else that the file could be. */
function beginsAsPdf(head: Uint8Array): boolean {
  const beginning = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 64)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*%PDF-/.test(beginning);
}

/** Than the head: file-type takes what it can't see for MP3. Its length is in four bytes of seven bits. */
function isTagLonger(head: Uint8Array): boolean {
  const length = head.subarray(6, 10).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
  return 10 + length >= head.length;
}

/** Of Excel 2 to 4, before there were containers: a record that begins a workbook, and its length. */
function isOldWorkbook(head: Uint8Array): boolean {
  const [begin, version = 0, length = 0, zero] = head;
  return begin === 9 && [0, 2, 4].includes(version) && [4, 6, 8].includes(length) && zero === 0;
}

async function ask(head: Uint8Array): Promise<string | undefined> {
  try {
    const found = await fileTypeFromBuffer(head);
    return found?.mime.split(';', 1)[0]?.toLowerCase();
  } catch {
    return undefined; // Bytes that break its reading are of no known type.
  }
}

/** "BM" alone would do for file-type, and begins many a text: the size of the header that follows must be one. */
function isBitmap(head: Uint8Array): boolean {
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(head[14] ?? 0) && head[15] === 0;
}

/** "MZ" likewise: the header of a DOS program has 28 bytes, and counts at least one page. */
function isProgram(head: Uint8Array): boolean {
  return head.length >= 28 && ((head[4] ?? 0) | (head[5] ?? 0)) !== 0 && head.subarray(0, 28).includes(0);
}

function startsWith(head: Uint8Array, latin1: string): boolean {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, latin1.length)).equals(
    Buffer.from(latin1, 'latin1'),
  );
}
