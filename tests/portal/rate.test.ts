import { makeRate } from '../../src/portal/state/rate.js';

function start() {
  let at = 0;
  const rate = makeRate(() => at);
  return { ...rate, sleep: (ms: number) => void (at += ms) };
}

test('a steady upload has its speed, and the time that the rest takes', () => {
  const { add, sleep } = start();
  expect(add(0, 1000)).toBeUndefined();
  sleep(1000);
  expect(add(100, 1000)).toEqual({ bytesPerSecond: 100, secondsLeft: 9 });
  sleep(1000);
  expect(add(200, 1000)).toEqual({ bytesPerSecond: 100, secondsLeft: 8 });
});

test('a speed of a blink is not told', () => {
  const { add, sleep } = start();
  add(0, 1000);
  sleep(500);
  expect(add(900, 1000)).toBeUndefined();
});

test('what was long ago does not count', () => {
  const { add, sleep } = start();
  add(0, 10_000);
  sleep(10_000);
  add(100, 10_000);
  sleep(1000);
  expect(add(1100, 10_000)?.bytesPerSecond).toBe(1000);
});

test('a part that starts over, and a pause, begin a new measurement', () => {
  const { add, sleep, restart } = start();
  add(0, 1000);
  sleep(1000);
  add(500, 1000);
  expect(add(200, 1000)).toBeUndefined();
  sleep(1000);
  expect(add(300, 1000)?.bytesPerSecond).toBe(100);
  restart();
  expect(add(300, 1000)).toBeUndefined();
});

test('an upload that stands still has no speed', () => {
  const { add, sleep } = start();
  add(100, 1000);
  sleep(2000);
  expect(add(100, 1000)).toBeUndefined();
});
