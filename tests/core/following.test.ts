import { follow } from '../../src/core/following.js';
import { until } from '../support/until.js';

/** A counter that followers are woken for. */
function makeSource() {
  let value = 0;
  let failures = 0;
  let isOver = false;
  const wakes = new Set<() => void>();
  const opened = { count: 0, closed: 0 };
  let confirm: Promise<void> = Promise.resolve();
  return {
    wakes,
    opened,
    change() {
      value += 1;
      wakes.forEach((wake) => wake());
    },
    end() {
      isOver = true;
      wakes.forEach((wake) => wake());
    },
    wake: () => wakes.forEach((wake) => wake()),
    failNext: (times: number) => (failures = times),
    confirmAfter(promise: Promise<void>) {
      confirm = promise;
    },
    follow(last = Infinity) {
      let told = 0;
      return follow<number>({
        async open(wake) {
          opened.count += 1;
          await confirm;
          wakes.add(wake);
          return () => {
            opened.closed += 1;
            wakes.delete(wake);
          };
        },
        read() {
          if (failures > 0) {
            failures -= 1;
            return Promise.reject(new Error('the database is away'));
          }
          if (isOver) return Promise.resolve('over' as const);
          if (value === told) return Promise.resolve(undefined);
          told = value;
          return Promise.resolve({ value, last: value >= last });
        },
      });
    },
  };
}

test('state first, then each change', async () => {
  const source = makeSource();
  source.change();
  const following = source.follow();
  expect(await following.next()).toEqual({ done: false, value: 1 });
  const next = following.next();
  await until(() => source.wakes.size === 1);
  source.change();
  expect(await next).toEqual({ done: false, value: 2 });
  await following.return?.();
});

test('changes between two reads are one', async () => {
  const source = makeSource();
  source.change();
  const following = source.follow();
  await following.next();
  source.change();
  source.change();
  source.change();
  expect(await following.next()).toEqual({ done: false, value: 4 });
  await following.return?.();
});

test('the last value ends the listening, and then the following', async () => {
  const source = makeSource();
  source.change();
  const following = source.follow(1);
  expect(await following.next()).toEqual({ done: false, value: 1 });
  expect(source.opened).toEqual({ count: 1, closed: 1 });
  expect(await following.next()).toEqual({ done: true, value: undefined });
});

test('it may be over without another value', async () => {
  const source = makeSource();
  source.change();
  const following = source.follow();
  await following.next();
  const next = following.next();
  await until(() => source.wakes.size === 1);
  source.end();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(source.opened).toEqual({ count: 1, closed: 1 });
  expect(await following.next()).toEqual({ done: true, value: undefined });
});

test('ended before it began, it never listens', async () => {
  const source = makeSource();
  const following = source.follow();
  await following.return?.();
  await following.return?.();
  expect(await following.next()).toEqual({ done: true, value: undefined });
  expect(source.opened.count).toBe(0);
});

test('ended while the broker confirms, the listening ends with the confirmation', async () => {
  const source = makeSource();
  let confirm: () => void = () => undefined;
  source.confirmAfter(new Promise((resolve) => (confirm = resolve)));
  const following = source.follow();
  const next = following.next();
  await following.return?.();
  confirm();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(source.opened).toEqual({ count: 1, closed: 1 });
});

test('ended while it waits, whoever waits is told', async () => {
  const source = makeSource();
  const following = source.follow();
  const next = following.next();
  await until(() => source.wakes.size === 1);
  await following.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(source.opened).toEqual({ count: 1, closed: 1 });
});

test('a first read that fails ends it', async () => {
  const source = makeSource();
  source.failNext(1);
  const following = source.follow();
  await expect(following.next()).rejects.toThrow('the database is away');
  expect(source.opened).toEqual({ count: 1, closed: 1 });
});

test('a later read that fails is tried again', async () => {
  const source = makeSource();
  source.change();
  const following = source.follow();
  await following.next();
  source.failNext(1);
  source.change();
  expect(await following.next()).toEqual({ done: false, value: 2 });
  await following.return?.();
});

test('a broker that cannot be reached ends it', async () => {
  const source = makeSource();
  source.confirmAfter(Promise.reject(new Error('no broker')));
  await expect(source.follow().next()).rejects.toThrow('no broker');
});
