import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCodes } from '../src/core/errors.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));

test.each(pages)('$name is of one mind: nothing of a merge was left in it', ({ text }) => {
  // Also as prettier takes them: for quotations in quotations.
  expect(text.match(/^(?:<{7}|={7}$|>{7}|(?:> ){6}>).*/gm)).toBeNull();
});

test('README lists every code that the service refuses with, once', () => {
  const [, errors = ''] = /## Errors\n(.*?)\n## /s.exec(pages[0]?.text ?? '') ?? [];
  const listed = [...errors.matchAll(/`([A-Z]+(?:_[A-Z]+)+|UNAUTHENTICATED)`/g)].map(([, code]) => code);
  const ofApollo = [
    'BAD_REQUEST',
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_RESOLUTION_FAILURE',
  ];
  expect(listed.sort()).toEqual([...errorCodes, ...ofApollo].sort());
});
