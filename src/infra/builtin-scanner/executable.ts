/** Marks of a program, by its first bytes; undefined for anything else. */
export function findExecutable(head: Buffer, mimeType: string): string | undefined {
  if (isWindowsProgram(head)) return 'Windows program';
  if (head.toString('latin1', 0, 4) === '\x7fELF') return 'Linux program';
  const magic = head.length >= 8 ? head.readUInt32BE(0) : 0;
  if (machO.has(magic)) return 'macOS program';
  // One magic for two: a universal binary counts its few architectures where a Java class has its version.
  if (magic === 0xcafebabe) return head.readUInt32BE(4) < 45 ? 'macOS program' : 'Java program';
  if (/^#! *\//.test(head.toString('latin1', 0, 64)) && !isText(mimeType)) return 'script';
  return undefined;
}

const machO = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]);

/** "MZ" begins texts too: its header must point to the one of a program. */
function isWindowsProgram(head: Buffer): boolean {
  if (head.toString('latin1', 0, 2) !== 'MZ' || head.length < 64) return false;
  const offset = head.readUInt32LE(0x3c);
  return /^(?:PE\0\0|NE|LE|LX)/.test(head.toString('latin1', offset, offset + 4));
}

function isText(mimeType: string): boolean {
  return mimeType.startsWith('text/') || mimeType === 'application/x-sh' || mimeType === 'text/javascript';
}
