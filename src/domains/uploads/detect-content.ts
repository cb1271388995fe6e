import { fileTypeFromBuffer } from 'file-type';

/**
 * The MIME type that the first bytes are certain to be, or undefined; text is not looked at here. What needs bytes
 * from beyond the head to be told apart comes back as its container: `application/zip`, `application/x-cfb`.
 */
export async function detectMimeType(head: Uint8Array): Promise<string | undefined> {
  const detected = await ask(head);
  // Only at offset 0: readers also find the header within the first 1,024 bytes, behind whatever else the file is.
  if (detected === 'application/pdf' && !startsWith(head, '%PDF-')) return undefined;
  if (detected === 'image/bmp' && !isBitmap(head)) return undefined;
  if (detected === 'application/x-msdownload' && !isProgram(head)) return undefined;
  if (detected !== undefined) return detected;
  if (startsWith(head, 'PK\x03\x04') || startsWith(head, 'PK\x05\x06')) return 'application/zip';
  // Its directory may lie at the end of the file.
  if (startsWith(head, 'II*\0') || startsWith(head, 'MM\0*')) return 'image/tiff';
  return undefined;
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
