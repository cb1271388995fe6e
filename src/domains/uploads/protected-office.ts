/** What Office makes of a document with a password: a container of the old kind, with the document encrypted in it. */
export const protectedOffice = 'application/x-protected-office';

const entryBytes = 128;
/** As an entry of its directory is called, in whichever case. */
const encrypted = 'encryptedpackage';

/** Of a head that is a CFB ([MS-CFB]): false where its directory lies beyond. */
export function isProtectedOffice(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < 512) return false;
  const sectorBytes = 2 ** Math.min(bytes.readUInt16LE(30), 20);
  const directoryAt = (bytes.readUInt32LE(48) + 1) * sectorBytes;
  const directory = bytes.subarray(directoryAt, directoryAt + sectorBytes * 4);
  for (let at = 0; at + entryBytes <= directory.length; at += entryBytes) {
    const name = directory.toString('utf16le', at, at + 2 * encrypted.length);
    if (name.toLowerCase() === encrypted) return true;
  }
  return false;
}
