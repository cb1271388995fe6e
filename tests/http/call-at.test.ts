import { jest } from '@jest/globals';
import { callAt } from '../../src/http/call-at.js';

const dayMs = 86_400_000;

describe('a call at a moment', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('comes then, also past the longest timer', () => {
    let calls = 0;
    callAt(new Date(Date.now() + 100 * dayMs), () => (calls += 1));
    jest.advanceTimersByTime(100 * dayMs - 1);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(1);
    expect(calls).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('comes at once when the moment has passed, and never when it was cancelled', () => {
    let calls = 0;
    callAt(new Date(Date.now() - dayMs), () => (calls += 1));
    expect(calls).toBe(0);
    jest.advanceTimersByTime(1);
    expect(calls).toBe(1);
    callAt(new Date(Date.now() + 50 * dayMs), () => (calls += 1))();
    jest.advanceTimersByTime(60 * dayMs);
    expect(calls).toBe(1);
  });
});
