import type { Operation } from '../../../src/client/index.js';
import { makeThumbnails } from '../../../src/portal/files/thumbnails.js';
import { startHttpServer } from '../../support/http-server.js';
import { until } from '../../support/until.js';

type Server = Awaited<ReturnType<typeof startHttpServer>>;

let server: Server;
beforeAll(async () => {
  server = await startHttpServer((_request, response) => response.end('a picture'));
});
afterAll(() => server.close());

/** A service that makes URLs of all but `refused`, and keeps what it was asked for. */
function openThumbnails({ refused = [] as readonly string[] } = {}) {
  const asked: string[][] = [];
  const client = {
    mutate<Result, Variables>(_operation: Operation<Result, Variables>, variables: Variables) {
      const ids = Object.values(variables as Record<string, string>); // as the thumbnails send them
      asked.push(ids);
      if (ids.some((id) => refused.includes(id))) return Promise.reject(new Error('there is none'));
      const urls = Object.fromEntries(
        ids.map((id, index) => [`t${index}`, { url: `${server.endpoint}/${id}` }]),
      );
      return Promise.resolve(urls as Result); // as the service answers
    },
  };
  return { thumbnails: makeThumbnails(client), asked };
}

const isThere = (thumbnails: ReturnType<typeof makeThumbnails>) => (id: string) =>
  typeof thumbnails.find(id).get() === 'object';

const ids = Array.from({ length: 15 }, (_, index) => `file-${index}`);

test('what comes into sight together is asked for together, twelve at once', async () => {
  const { thumbnails, asked } = openThumbnails();
  ids.forEach(thumbnails.want);
  // On their way, and there: neither is asked for again.
  ids.forEach(thumbnails.want);
  await until(() => ids.every(isThere(thumbnails)));
  ids.forEach(thumbnails.want);
  thumbnails.want('one more');
  await until(() => isThere(thumbnails)('one more'));
  expect(asked).toEqual([ids.slice(0, 12), ids.slice(12), ['one more']]);
  thumbnails.clear();
});

test('one that can’t be had does not take the others with it, and is tried again when it is seen again', async () => {
  const { thumbnails, asked } = openThumbnails({ refused: ['bad'] });
  ['good', 'bad', 'fine'].forEach(thumbnails.want);
  await until(() => ['good', 'fine'].every(isThere(thumbnails)));
  await until(() => thumbnails.find('bad').get() === 'none');
  expect(asked).toEqual([['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']]);
  thumbnails.want('bad');
  await until(() => asked.length === 5);
  thumbnails.clear();
});

test('what was let go of is read anew when it comes into sight', async () => {
  const { thumbnails, asked } = openThumbnails();
  thumbnails.want('file');
  await until(() => isThere(thumbnails)('file'));
  thumbnails.clear();
  expect(thumbnails.find('file').get()).toBe('none');
  thumbnails.want('file');
  await until(() => isThere(thumbnails)('file'));
  expect(asked).toEqual([['file'], ['file']]);
  thumbnails.clear();
});

test('of very many, those that were seen longest ago are let go', async () => {
  const { thumbnails } = openThumbnails();
  const many = Array.from({ length: 312 }, (_, index) => `many-${index}`);
  many.forEach(thumbnails.want);
  await until(() => isThere(thumbnails)('many-311'));
  await until(() => many.filter(isThere(thumbnails)).length === 300);
  expect(isThere(thumbnails)('many-0')).toBe(false);
  thumbnails.clear();
});
