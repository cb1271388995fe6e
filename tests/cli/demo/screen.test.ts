import { PassThrough } from 'node:stream';
import { makeScreen, toSize } from '../../../src/cli/demo/screen.js';

function record(isTTY: boolean) {
  let text = '';
  const output = Object.assign(new PassThrough(), { isTTY });
  output.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { screen: makeScreen('alice', output), read: () => text };
}

test('every line tells whose it is', () => {
  const { screen, read } = record(false);
  screen.say('one\ntwo');
  expect(read()).toBe('alice  │ one\nalice  │ two\n');
});

test('a bar grows in its place on a terminal, and what is said next begins a line of its own', () => {
  const { screen, read } = record(true);
  screen.progress(50, 100);
  screen.say('interrupted');
  expect(read()).toMatch(/^\ralice {2}│ █{15}·{15} 50 % of 100 bytes\nalice {2}│ interrupted\n$/);
});

test('elsewhere only the end of a bar is told', () => {
  const { screen, read } = record(false);
  screen.progress(50, 100);
  screen.progress(100, 100);
  expect(read()).toMatch(/^alice {2}│ █{30} 100 % of 100 bytes\n$/);
});

test('sizes are told in the units that people use', () => {
  expect([0, 999, 1500, 52_428_800].map(toSize)).toEqual(['0 bytes', '999 bytes', '1.5 kB', '52.4 MB']);
});
