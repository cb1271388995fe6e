/** One picture of HEVC, 64 × 48 and all teal, as x265 makes it: how it is to be decoded, and the picture itself. */
const configuration = Buffer.from(
  'AQQIAAAAn6gAAAAAHvAA/P34+AAADwOgAAEAF0ABDAH//wQIAAADAJ+oAAADAAAeugJAoQABACdCAQEECAAAAwCfqAAAAwAAHqAggxZbq5MrwFoCAAADAAIAAAMAMhCiAAEABkQBwXPAiQ==',
  'base64',
);
const picture = Buffer.from(
  'AAAAF0ABDAH//wQIAAADAJ+oAAADAAAeugJAAAAAJ0IBAQQIAAADAJ+oAAADAAAeoCCDFlurkyvAWgIAAAMAAgAAAwAyEAAAAAZEAcFzwIkAAAAWKAGvePcEA//NV9BY/n+1UEQIPAAHgA==',
  'base64',
);

/** A photo as telephones take them (ISO/IEC 23008-12), 48 × 64: it was held upright. */
export function makeHeic(): Buffer {
  const type = box('ftyp', latin1('heic\0\0\0\0mif1heic'));
  const properties = [
    box('hvcC', configuration),
    box('ispe', Buffer.concat([full, uint32(64), uint32(48)])),
    box('irot', Buffer.from([1])),
  ];
  const associations = Buffer.from([0, 0, 0, 1, 0, 1, properties.length, 0x81, 0x02, 0x83]);
  const meta = (pictureAt: number) =>
    box(
      'meta',
      Buffer.concat([
        full,
        box('hdlr', Buffer.concat([full, uint32(0), latin1('pict'), Buffer.alloc(13)])),
        box('pitm', Buffer.concat([full, uint16(1)])),
        box(
          'iloc',
          Buffer.concat([
            full,
            Buffer.from([0x44, 0]),
            ...[uint16(1), uint16(1), uint16(0), uint16(1), uint32(pictureAt), uint32(picture.length)],
          ]),
        ),
        box(
          'iinf',
          Buffer.concat([
            full,
            uint16(1),
            box('infe', Buffer.concat([Buffer.from([2, 0, 0, 0]), uint16(1), uint16(0), latin1('hvc1\0')])),
          ]),
        ),
        box(
          'iprp',
          Buffer.concat([
            box('ipco', Buffer.concat(properties)),
            box('ipma', Buffer.concat([full, associations])),
          ]),
        ),
      ]),
    );
  const pictureAt = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(pictureAt), box('mdat', picture)]);
}

/** Version 0, and no flags. */
const full = Buffer.alloc(4);

export function box(type: string, content: Buffer): Buffer {
  return Buffer.concat([uint32(content.length + 8), latin1(type), content]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
