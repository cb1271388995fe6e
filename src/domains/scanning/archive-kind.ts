/** `zip`, `gzip` and `tar` can be looked into; of `opaque` ones there is the name. */
export type ArchiveKind =
  { readonly kind: 'zip' | 'gzip' | 'tar' } | { readonly kind: 'opaque'; readonly name: string };

/** How many first bytes tell: tar's magic ends at 262. */
export const archiveHeadBytes = 512;

const magic: readonly [ArchiveKind, (head: Buffer) => boolean][] = [
  [{ kind: 'zip' }, (head) => /^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(ascii(head, 0, 4))],
  [{ kind: 'gzip' }, (head) => ascii(head, 0, 2) === '\x1f\x8b'],
  [{ kind: 'tar' }, (head) => ascii(head, 257, 5) === 'ustar'],
  [opaque('RAR'), (head) => ascii(head, 0, 6) === 'Rar!\x1a\x07'],
  [opaque('7-Zip'), (head) => ascii(head, 0, 6) === '7z\xbc\xaf\x27\x1c'],
  [opaque('bzip2'), (head) => /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/.test(ascii(head, 0, 10))],
  [opaque('XZ'), (head) => ascii(head, 0, 6) === '\xfd7zXZ\0'],
  [opaque('Zstandard'), (head) => ascii(head, 0, 4) === '\x28\xb5\x2f\xfd'],
  [opaque('LZ4'), (head) => ascii(head, 0, 4) === '\x04\x22\x4d\x18'],
  [opaque('lzip'), (head) => ascii(head, 0, 5) === 'LZIP\x01'],
  [opaque('compress'), (head) => /^\x1f\x9d[\x89-\x90]/.test(ascii(head, 0, 3))],
  [opaque('cabinet'), (head) => ascii(head, 0, 8) === 'MSCF\0\0\0\0'],
  [opaque('ACE'), (head) => ascii(head, 7, 7) === '**ACE**'],
  [opaque('LHA'), (head) => /^-l[hz][0-9ds]-$/.test(ascii(head, 2, 5))],
  [opaque('ARJ'), (head) => ascii(head, 0, 2) === '\x60\xea' && head[10] === 2],
];

/**
 * What kind of archive begins like this; undefined when none that we know. Opaque are those that nothing here can
 * unpack: scanners of one build or another pass over them when they are encrypted, too large, or compressed anew.
 */
export function findArchiveKind(head: Buffer): ArchiveKind | undefined {
  return magic.find(([, matches]) => matches(head))?.[0];
}

function opaque(name: string): ArchiveKind {
  return { kind: 'opaque', name };
}

function ascii(head: Buffer, start: number, length: number): string {
  return head.toString('latin1', start, start + length);
}
