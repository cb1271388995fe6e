import { findProblem } from '../../src/portal/state/file-checks.js';
import { makeKeptToken, takeToken } from '../../src/portal/state/session.js';
import { makeTheme } from '../../src/portal/state/theme.js';
import { makeUnfinished } from '../../src/portal/state/unfinished.js';

function makeStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('a token in the address', () => {
  const take = (hash: string) => {
    const addresses: unknown[] = [];
    const history = { replaceState: (_data: unknown, _unused: string, url?: unknown) => addresses.push(url) };
    return { token: takeToken({ hash, pathname: '/', search: '?lang=en' }, history), addresses };
  };

  test('is taken, and leaves nothing behind', () => {
    expect(take('#token=a.b.c')).toEqual({ token: 'a.b.c', addresses: ['/?lang=en'] });
  });

  test('is not there, or empty', () => {
    expect(take('')).toEqual({ token: undefined, addresses: [] });
    expect(take('#main')).toEqual({ token: undefined, addresses: [] });
    expect(take('#token=')).toEqual({ token: undefined, addresses: ['/?lang=en'] });
  });
});

test('the sign-in is kept until it is forgotten', () => {
  const kept = makeKeptToken(makeStorage());
  expect(kept.read()).toBeUndefined();
  kept.keep('a.b.c');
  expect(kept.read()).toBe('a.b.c');
  kept.forget();
  expect(kept.read()).toBeUndefined();
});

test('an upload that is under way is kept by its request', () => {
  const unfinished = makeUnfinished(makeStorage());
  unfinished.keep('p1', { uploadId: 'u1', filename: 'plan.pdf', sizeBytes: 5 });
  expect(unfinished.read('p1')).toEqual({ uploadId: 'u1', filename: 'plan.pdf', sizeBytes: 5 });
  expect(unfinished.read('p2')).toBeUndefined();
  unfinished.forget('p1');
  expect(unfinished.read('p1')).toBeUndefined();
});

test('the colours are as the system has them until somebody chooses, and nonsense changes nothing', () => {
  const storage = makeStorage();
  const element = { dataset: {} as DOMStringMap };
  const theme = makeTheme(storage, element);
  expect(element.dataset).toEqual({ theme: 'system' });
  theme.set('dark');
  expect(element.dataset).toEqual({ theme: 'dark' });
  expect(makeTheme(storage, element).get()).toBe('dark');
  storage.setItem('askfile.theme', 'pink');
  expect(makeTheme(storage, element).get()).toBe('system');
});

describe('a file that is chosen', () => {
  const limits = { allowedMimeTypes: ['application/pdf', 'image/*'], maxSizeBytes: 100 };
  const find = (name: string, type: string, size: number) => findProblem({ name, type, size }, limits);

  test('is looked at before it is sent', () => {
    expect(find('a.pdf', 'application/pdf', 100)).toBeUndefined();
    expect(find('a.png', 'image/png', 1)).toBeUndefined();
    expect(find('a.pdf', 'application/pdf', 101)).toBe('too-large');
    expect(find('a.pdf', 'application/pdf', 0)).toBe('empty');
    expect(find('a.txt', 'text/plain', 1)).toBe('wrong-type');
  });

  test('has the type of its name where the browser knows none', () => {
    expect(find('a.PDF', '', 1)).toBeUndefined();
    expect(find('a.unheard-of', '', 1)).toBe('wrong-type');
  });
});
