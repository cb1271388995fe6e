import fc from 'fast-check';
import { makePromptList } from '../../src/client/prompt-list.js';
import type { UploadPrompt, UploadPromptEvent } from '../../src/client/index.js';
import { makeFakeState } from './support/fake-state.js';

function prompt(id: string, version: number): UploadPrompt {
  return { ...makeFakeState().open({ id }), reason: null, createdAt: '2026-01-01T00:00:00Z', version };
}
const event = (kind: UploadPromptEvent['kind'], ...prompts: UploadPrompt[]): UploadPromptEvent => ({
  kind,
  prompts,
});
const versions = (list: ReturnType<typeof makePromptList>) =>
  list.list().map(({ id, version }) => `${id}${version}`);

test('a snapshot replaces the list', () => {
  const list = makePromptList();
  list.apply(event('SNAPSHOT', prompt('a', 1), prompt('b', 1)));
  expect(list.apply(event('SNAPSHOT', prompt('b', 2)))).toBe(true);
  expect(versions(list)).toEqual(['b2']);
});

test('an event with a version that is not newer changes nothing', () => {
  const list = makePromptList();
  list.apply(event('SNAPSHOT', prompt('a', 3)));
  expect(list.apply(event('UPSERT', prompt('a', 3)))).toBe(false);
  expect(list.apply(event('UPSERT', prompt('a', 2)))).toBe(false);
  expect(list.apply(event('UPSERT', prompt('a', 4)))).toBe(true);
  expect(versions(list)).toEqual(['a4']);
});

test('what has ended does not come back by a late event', () => {
  const list = makePromptList();
  list.apply(event('UPSERT', prompt('a', 1)));
  expect(list.apply(event('RESOLVED', prompt('a', 3)))).toBe(true);
  expect(list.apply(event('UPSERT', prompt('a', 2)))).toBe(false);
  expect(list.apply(event('RESOLVED', prompt('a', 3)))).toBe(false);
  expect(versions(list)).toEqual([]);
});

test('in whatever order events come, and however often, the newest state of each prompt remains', () => {
  const history = [
    event('UPSERT', prompt('a', 1)),
    event('UPSERT', prompt('a', 2)),
    event('RESOLVED', prompt('a', 3)),
    event('UPSERT', prompt('b', 1)),
    event('UPSERT', prompt('b', 2)),
  ];
  const shuffled = fc.shuffledSubarray([...history, ...history], { minLength: history.length * 2 });
  fc.assert(
    fc.property(shuffled, (events) => {
      const list = makePromptList();
      for (const one of events) list.apply(one);
      expect(versions(list)).toEqual(['b2']);
    }),
  );
});
