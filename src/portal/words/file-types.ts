/** What people call the types, in the order in which they are told. */
const names: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^application\/pdf$/, 'PDF'],
  [/^image\//, 'pictures'],
  [/^application\/(msword|vnd\.openxmlformats-officedocument\.wordprocessingml\.)/, 'Word'],
  [/^application\/(vnd\.ms-excel|vnd\.openxmlformats-officedocument\.spreadsheetml\.)/, 'Excel'],
  [/^application\/(vnd\.ms-powerpoint|vnd\.openxmlformats-officedocument\.presentationml\.)/, 'PowerPoint'],
  [/^application\/vnd\.oasis\.opendocument\./, 'OpenDocument'],
  [/^text\/csv$/, 'CSV'],
  [/^text\//, 'text'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
  [/^application\/(zip|x-zip-compressed)$/, 'ZIP'],
  [/^application\/json$/, 'JSON'],
];

/** Pictures of one kind only are told by that kind. */
const pictureNames: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPEG pictures',
  'image/png': 'PNG pictures',
  'image/gif': 'GIF pictures',
  'image/webp': 'WebP pictures',
};

/** "PDF, Word or text", for MIME types and groups such as `image/*`. */
export function toTypeNames(mimeTypes: readonly string[]): string {
  const pictures = mimeTypes.filter((type) => type.startsWith('image/'));
  const onlyPicture = pictures.length === 1 ? pictureNames[pictures[0] ?? ''] : undefined;
  const known = names.filter(([pattern]) => mimeTypes.some((type) => pattern.test(type)));
  const unknown = mimeTypes.filter((type) => !names.some(([pattern]) => pattern.test(type)));
  return toList([
    ...known.map(([, name]) => (name === 'pictures' ? (onlyPicture ?? name) : name)),
    ...unknown,
  ]);
}

function toList(items: readonly string[]): string {
  const distinct = [...new Set(items)];
  const last = distinct.at(-1) ?? '';
  return distinct.length < 2 ? last : `${distinct.slice(0, -1).join(', ')} or ${last}`;
}
