import { AskfileError } from '../../src/client/index.js';
import { withUnlocking, type LockedMemory } from '../../src/client/when-locked.js';
import { until } from '../support/until.js';

const operation = { name: 'Any', text: 'query Any { viewer { id } }' };

/** A service whose memories are locked until their URN is in `open`. */
function makeLocked() {
  const open = new Set<string>();
  const sent: string[] = [];
  const execute = <Result, Variables>(_: unknown, variables: Variables): Promise<Result> => {
    const { memoryUrn } = variables as { memoryUrn: string }; // As every call below gives them.
    sent.push(memoryUrn);
    if (open.has(memoryUrn)) return Promise.resolve({ memoryUrn } as Result);
    const extensions = { memoryUrn };
    return Promise.reject(new AskfileError('MEMORY_LOCKED', 'Locked.', { extensions }));
  };
  return { open, sent, execute };
}

test('what a locked memory refused is sent again once it is unlocked, and the password asked for once', async () => {
  const { open, sent, execute } = makeLocked();
  const asked: LockedMemory[] = [];
  let unlock = (): void => undefined;
  const run = withUnlocking(execute, (locked) => {
    asked.push(locked);
    return new Promise((resolve) => {
      unlock = () => {
        open.add(locked.memoryUrn);
        resolve(true);
      };
    });
  });
  const both = [run(operation, { memoryUrn: 'a' }), run(operation, { memoryUrn: 'a' })];
  await until(() => sent.length === 2 && asked.length > 0);
  unlock();
  expect(await Promise.all(both)).toEqual([{ memoryUrn: 'a' }, { memoryUrn: 'a' }]);
  expect(asked).toEqual([{ memoryUrn: 'a', message: 'Locked.' }]);
});

test('who does not want to is refused, and asked again the next time', async () => {
  const { sent, execute } = makeLocked();
  let asked = 0;
  const run = withUnlocking(execute, () => Promise.resolve(++asked < 0));
  for (const times of [1, 2]) {
    await expect(run(operation, { memoryUrn: 'a' })).rejects.toMatchObject({ code: 'MEMORY_LOCKED' });
    expect([asked, sent.length]).toEqual([times, times]);
  }
});

test('an abort does not wait for the password', async () => {
  const { execute } = makeLocked();
  const run = withUnlocking(execute, () => new Promise(() => undefined));
  const stop = new AbortController();
  const running = run(operation, { memoryUrn: 'a' }, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
});

test('any other refusal stands', async () => {
  const refuse = () => Promise.reject(new AskfileError('WRONG_PASSWORD', 'No.'));
  const run = withUnlocking(refuse, () => Promise.resolve(true));
  await expect(run(operation, {})).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
});
