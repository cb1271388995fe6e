import { parseOptions, UsageError } from '../../../src/cli/demo/options.js';

test('without options, the agent asks alice and nobody answers here', () => {
  expect(parseOptions([])).toMatchObject({
    agent: 'ask',
    person: null,
    userId: 'alice',
    prompt: 'a copy of your business plan',
    timeoutSeconds: 300,
  });
});

test('--answer and --decline are the person alone, with --ask both sides', () => {
  expect(parseOptions(['--answer', 'plan.pdf'])).toMatchObject({
    agent: null,
    person: { does: 'answer', file: 'plan.pdf' },
  });
  expect(parseOptions(['--decline', '--note', 'no'])).toMatchObject({
    agent: null,
    person: { does: 'decline' },
    note: 'no',
  });
  expect(parseOptions(['--ask', '--decline'])).toMatchObject({ agent: 'ask', person: { does: 'decline' } });
  expect(parseOptions(['--wait'])).toMatchObject({ agent: 'wait', person: null });
});

test('an address may end in a slash', () => {
  expect(parseOptions(['--url', 'http://localhost:4000/'])).toMatchObject({ url: 'http://localhost:4000' });
});

test('--help asks for help, whatever else is there', () => {
  expect(parseOptions(['--help', '--wait', '--ask'])).toBeNull();
});

test.each([
  ['--ask --wait'],
  ['--answer plan.pdf --decline'],
  ['--note no'],
  ['--timeout soon'],
  ['--timeout 0'],
  ['--answer'],
  ['--unheard-of'],
  ['plan.pdf'],
])('a wrong call is refused in words: %s', (line) => {
  expect(() => parseOptions(line.split(' '))).toThrow(UsageError);
});
