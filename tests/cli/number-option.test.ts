import { toNumber } from '../../src/cli/number-option.js';
import { startScript } from '../support/spawn-service.js';

test.each(['0', '1', '90', '0.5'])('%j is a number', (given) => {
  expect(toNumber('--days', given, { max: 90 })).toBe(Number(given));
});

test.each(['', ' ', '-1', '1e3', '0x10', 'Infinity', 'NaN', '1,5', 'ninety'])('%j is none', (given) => {
  expect(() => toNumber('--days', given, { max: 90 })).toThrow('--days takes a number, 0 or more.');
});

test('what is less than the least, or more than the most, is refused', () => {
  const toConcurrency = (given: string) => toNumber('--concurrency', given, { min: 1, max: 8 });
  expect(() => toConcurrency('0')).toThrow('--concurrency takes a number, 1 or more.');
  expect(() => toConcurrency('99999999999')).toThrow('--concurrency takes a number, 8 at most.');
});

test.each([
  ['rotate-keys', ['--older-than-days='], '--older-than-days'],
  ['rotate-keys', ['--older-than-days=99999999999'], '--older-than-days'],
  ['corpus', ['.', '--concurrency='], '--concurrency'],
  ['corpus', ['.', '--timeout='], '--timeout'],
])(
  '%s refuses %j before anything else',
  async (tool, args, option) => {
    // Whatever it would open is not there.
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const run = startScript(new URL(`../../src/cli/${tool}.ts`, import.meta.url), { args, env });
    expect(await run.end()).toBe(1);
    expect(run.lines.join('\n')).toContain(`${option} takes a number`);
  },
  60_000,
);
