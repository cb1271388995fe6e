import type { Api } from '../support/api.js';
import { uploadDirect } from '../support/direct.js';
import { makePdf, makeWord, pdfText, wordParagraph } from '../support/documents.js';
import { seedHeart } from '../support/heart.js';
import { expectInvariants } from '../support/invariants.js';
import { processed, upload } from '../support/processing.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { defaultSpace, givenFolder, givenSpace, setRole } from '../support/space-rows.js';
import { eicar } from '../support/test-files.js';
import { deleteAssets, restore } from '../support/trash.js';

let backends: TestBackends;
let service: TestService;
let ada: Api;
let alice: Api;
let agent: Api;
let main: string;
let side: string;
let folderId: string;
/** By filename. */
const ids: Record<string, string> = {};

const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

async function given(
  place: { spaceId: string; folderId?: string },
  filename: string,
  mimeType: string,
  bytes: Buffer,
  description?: string,
): Promise<void> {
  const file = { filename, mimeType, sizeBytes: bytes.length, description };
  const asset = await uploadDirect(ada, { ...place, file }, bytes);
  ids[filename] = asset.id;
  await processed(ada, asset);
}

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { env: { PROCESSING: 'true' } });
  ({ admin: ada, alice, agent } = await seedHeart(service));
  main = (await defaultSpace(backends)).id;
  side = (await givenSpace(backends, 'Side')).id;
  await setRole(backends, { id: side }, { kind: 'USER', id: 'alice' }, []);
  folderId = await givenFolder(backends, { id: main }, 'upper');
  const beneath = await givenFolder(backends, { id: main }, 'lower', folderId);
  await given({ spaceId: main }, 'a.txt', 'text/plain', Buffer.from('The Quick Brown-ish Zebra jumped'));
  const pdf = makePdf([pdfText('a zebra of pages')]);
  await given({ spaceId: main, folderId }, 'b.pdf', 'application/pdf', pdf);
  const word = makeWord(wordParagraph('Ein Zebra, größer als zwei'));
  await given({ spaceId: main, folderId: beneath }, 'c.docx', wordType, word);
  await given({ spaceId: side }, 'd.txt', 'text/plain', Buffer.from('zebra, résumé'.normalize('NFD')));
  await given({ spaceId: main }, 'zebra.txt', 'text/plain', Buffer.from('nothing of the kind'), 'quick');
  await given({ spaceId: main }, 'e.txt', 'text/plain', eicar);
});
afterAll(async () => {
  await expectInvariants(backends);
  await service.close();
  await backends.close();
});

const document = `query($filter: AssetFilter, $orderBy: AssetOrder, $first: Int, $after: String) {
  assets(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { nodes { id } pageInfo { endCursor } }
}`;

interface Page {
  assets: { nodes: { id: string }[]; pageInfo: { endCursor: string | null } };
}

/** Filenames, in the order in which they were found. */
async function find(filter: object, by = ada, more: object = {}): Promise<string[]> {
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const { assets } = await by.get<Page>(document, { filter, orderBy: 'NAME', ...more });
  return assets.nodes.map(({ id }) => names.get(id) ?? id);
}

test.each<[string, readonly string[]]>([
  ['zebra', ['a.txt', 'b.pdf', 'c.docx', 'd.txt', 'zebra.txt']],
  ['ZEBRA quick', ['a.txt', 'zebra.txt']],
  ['quick zebra jumped', ['a.txt']],
  ['"brown-ish zebra"', ['a.txt']],
  ['größer', ['c.docx']],
  ['résumé'.normalize('NFC'), ['d.txt']],
  ['résumé'.normalize('NFD'), ['d.txt']],
  ['zebr', ['zebra.txt']],
  ['marvellous', []],
  ["o'neil & ( ! zebr:*", []],
  ['-', []],
  ['STANDARD-ANTIVIRUS-TEST-FILE', []],
])('finds %j by what is written in files, or by name', async (search, expected) => {
  for (const orderBy of ['NEWEST', 'OLDEST', 'NAME', 'LARGEST']) {
    const found = await find({ search }, ada, { orderBy });
    expect(found.toSorted()).toEqual(expected);
  }
});

test('in a folder, beneath it, in a space, and with whatever else is asked for', async () => {
  const search = 'zebra';
  expect(await find({ search, folderId })).toEqual(['b.pdf']);
  expect(await find({ search, folderId, recursive: true })).toEqual(['b.pdf', 'c.docx']);
  expect(await find({ search, spaceId: side })).toEqual(['d.txt']);
  expect(await find({ search, spaceId: main, mimeType: 'text/plain' })).toEqual(['a.txt', 'zebra.txt']);
  expect(await find({ search, mimeType: 'application/pdf' })).toEqual(['b.pdf']);
  expect(await find({ search, createdAfter: '9000-01-01T00:00:00Z' })).toEqual([]);
});

test('page by page each comes once', async () => {
  const found: string[] = [];
  for (let after: string | null = null, at = 0; at < 5; at += 1) {
    const variables: object = { filter: { search: 'zebra' }, orderBy: 'NAME', first: 1, after };
    const { assets }: Page = await ada.get<Page>(document, variables);
    found.push(...assets.nodes.map(({ id }) => id));
    after = assets.pageInfo.endCursor;
  }
  expect(found).toEqual(['a.txt', 'b.pdf', 'c.docx', 'd.txt', 'zebra.txt'].map((name) => ids[name]));
});

test('whoever may not read a space finds nothing in its texts', async () => {
  expect(await find({ search: 'zebra' }, alice)).toEqual(['a.txt', 'b.pdf', 'c.docx', 'zebra.txt']);
});

test('what is in the trash is found when it is asked for', async () => {
  const id = ids['d.txt'] ?? '';
  await deleteAssets(ada, id);
  expect(await find({ search: 'zebra', spaceId: side })).toEqual([]);
  expect(await find({ search: 'zebra', spaceId: side, includeDeleted: true })).toEqual(['d.txt']);
  await restore(ada, id);
  expect(await find({ search: 'zebra', spaceId: side })).toEqual(['d.txt']);
});

test('what is in memories is not found in spaces', async () => {
  const asset = await upload({ agent, alice }, 'f.txt', 'text/plain', Buffer.from('memoirs'));
  expect(await processed(alice, asset)).toMatchObject({ text: 'memoirs' });
  for (const by of [ada, alice]) expect(await find({ search: 'memoirs' }, by)).toEqual([]);
});
