import { toMimeType } from '../../src/client/mime-type.js';
import { fileKindTable } from '../../src/domains/uploads/file-kind-table.js';
import { findKindsOfExtension } from '../../src/domains/uploads/file-kinds.js';

const extensions = new Set(fileKindTable.flatMap(([, , , list]) => list.split(' ')));

test.each([...extensions])(
  '.%s is what the service takes it for, or nothing where that is two',
  (extension) => {
    const kinds = findKindsOfExtension(extension).map(({ mimeType }) => mimeType);
    const [only = '', ...others] = kinds;
    expect(toMimeType(`A name.of ${extension}.${extension.toUpperCase()}`)).toBe(
      others.length === 0 ? only : 'application/octet-stream',
    );
  },
);

test.each(['', 'README', 'a.', '.', 'a.unheard-of'])('%j says nothing', (filename) => {
  expect(toMimeType(filename)).toBe('application/octet-stream');
});
