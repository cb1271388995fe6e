import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipHeader {
  name: string;
  flags: number;
  method: number;
  crc: number;
  compressedBytes: number;
  sizeBytes: number;
}

export interface ZipMember {
  name: string;
  content: Buffer;
  /** 0 stored, 8 deflated; any other is only claimed. */
  method?: number;
  /** With sizes behind the data, as writers that stream do. */
  descriptor?: boolean;
  /** Lies: what the local header, or the central directory, says instead. */
  local?: Partial<ZipHeader>;
  central?: Partial<ZipHeader & { offset: number }>;
  /** Where the content is not what should be written. */
  data?: Buffer;
  /** Bytes of nobody, before this member. */
  gap?: Buffer;
}

export interface ZipLies {
  entryCount?: number;
  prefix?: Buffer;
  beforeDirectory?: Buffer;
  comment?: Buffer;
  trailing?: Buffer;
}

/** A ZIP, honest unless told to lie. */
export function makeZip(members: readonly ZipMember[], lies: ZipLies = {}): Buffer {
  const pieces: Buffer[] = [lies.prefix ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let offset = pieces[0]?.length ?? 0;
  const put = (piece: Buffer) => {
    pieces.push(piece);
    offset += piece.length;
  };

  for (const member of members) {
    const { content, method = 8, descriptor = false } = member;
    const data = member.data ?? (method === 8 ? deflateRawSync(content) : content);
    const honest: ZipHeader = {
      name: member.name,
      flags: descriptor ? 8 : 0,
      method,
      crc: crc32(content),
      compressedBytes: data.length,
      sizeBytes: content.length,
    };
    put(member.gap ?? Buffer.alloc(0));
    const start = offset;
    const unsized = descriptor ? { crc: 0, compressedBytes: 0, sizeBytes: 0 } : {};
    const local = { ...honest, ...unsized, ...member.local };
    put(Buffer.concat([u32(0x04034b50), toFields(local), u16(0), Buffer.from(local.name)]));
    put(data);
    if (descriptor) {
      put(Buffer.concat([u32(0x08074b50), u32(honest.crc), u32(data.length), u32(content.length)]));
    }
    const central = { ...honest, offset: start, ...member.central };
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(20),
        toFields(central),
        u16(0), // extra
        u16(0), // comment
        u16(0), // disk
        u16(0), // internal attributes
        u32(0), // external attributes
        u32(central.offset),
        Buffer.from(central.name),
      ]),
    );
  }

  put(lies.beforeDirectory ?? Buffer.alloc(0));
  const table = Buffer.concat(directory);
  const count = lies.entryCount ?? members.length;
  const comment = lies.comment ?? Buffer.alloc(0);
  const end = [u32(0x06054b50), u16(0), u16(0), u16(count), u16(count), u32(table.length), u32(offset)];
  return Buffer.concat([
    ...pieces,
    table,
    ...end,
    u16(comment.length),
    comment,
    lies.trailing ?? Buffer.alloc(0),
  ]);
}

/** The smallest package that readers take for a Word document. */
export function makeDocx(more: readonly ZipMember[] = []): Buffer {
  const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  return makeZip([
    {
      name: '[Content_Types].xml',
      content: Buffer.from(
        `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`,
      ),
    },
    { name: 'word/document.xml', content: Buffer.from('<w:document><w:p>Hello</w:p></w:document>') },
    ...more,
  ]);
}

function toFields({ name, flags, method, crc, compressedBytes, sizeBytes }: ZipHeader): Buffer {
  return Buffer.concat([
    u16(20),
    u16(flags),
    u16(method),
    u32(0), // time
    u32(crc),
    u32(compressedBytes),
    u32(sizeBytes),
    u16(Buffer.byteLength(name)),
  ]);
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
}
