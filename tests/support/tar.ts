export interface TarMember {
  name: string;
  content: Buffer;
  type?: string;
  /** What the header says instead. */
  size?: string;
  checksum?: string;
}

/** A ustar, honest unless told to lie. */
export function makeTar(members: readonly TarMember[], end = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...members.flatMap(toBlocks), end]);
}

function toBlocks({ name, content, type = '0', size, checksum }: TarMember): Buffer[] {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(size ?? `${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
