import { readFileSync } from 'node:fs';
import { errorCodes as clientCodes } from '../../src/client/errors.js';
import { errorCodes } from '../../src/core/errors.js';

test('the client knows every code that the service answers with', () => {
  expect(errorCodes.filter((code) => !(clientCodes as readonly string[]).includes(code))).toEqual([]);
});

test('README names every code', () => {
  const readme = readFileSync('README.md', 'utf8');
  const section = readme.slice(readme.indexOf('## Errors'), readme.indexOf('## Working on it'));
  expect(errorCodes.filter((code) => !section.includes(`\`${code}\``))).toEqual([]);
});
