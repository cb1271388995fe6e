import { toNumber } from '../../src/cli/number-option.js';
import { startScript } from '../support/spawn-service.js';

test.each(['0', '1', '90', '0.5'])('%j is a number', (given) => {
  expect(toNumber('--days', given)).toBe(Number(given));
});

test.each(['', ' ', '-1', '1e3', '0x10', 'Infinity', 'NaN', '1,5', 'ninety'])('%j is none', (given) => {
  expect(() => toNumber('--days', given)).toThrow('--days takes a number, 0 or more.');
});

test('what is less than the least is refused', () => {
  expect(() => toNumber('--concurrency', '0', 1)).toThrow('--concurrency takes a number, 1 or more.');
});

test.each([
  ['rotate-keys', ['--older-than-days='], '--older-than-days'],
  ['corpus', ['.', '--concurrency='], '--concurrency'],
  ['corpus', ['.', '--timeout='], '--timeout'],
])(
  '%s refuses %j, such as of an unset variable, before anything else',
  async (tool, args, option) => {
    // Whatever it would open is not there.
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const run = startScript(new URL(`../../src/cli/${tool}.ts`, import.meta.url), { args, env });
    expect(await run.end()).toBe(1);
    expect(run.lines.join('\n')).toContain(`${option} takes a number`);
  },
  60_000,
);
