import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import * as documents from '../../src/client/generated/documents.js';
import { schema } from './support/fake-schema.js';

const root = fileURLToPath(new URL('../../src/client/', import.meta.url));
const specifier = /(?:from|import)\s*\(?\s*'([^']+)'/g;

/** Every module that an entry reaches, types and dynamic imports included. */
function reach(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    if (files.has(path)) return;
    files.add(path);
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(specifier)) {
      if (name.startsWith('.')) visit(join(dirname(path), name.replace(/\.js$/, '.ts')));
      else packages.add(name);
    }
  };
  visit(join(root, entry));
  return { files: [...files].map((path) => relative(root, path)), packages: [...packages].sort() };
}

test('askfile/client reaches no module of Node and nothing of the server', () => {
  const { files, packages } = reach('index.ts');
  expect(packages).toEqual(['graphql-ws/client', 'ws']);
  expect(files.filter((path) => path.startsWith('..') || path.startsWith('node'))).toEqual([]);
  expect(files.length).toBeGreaterThan(15);
});

test('askfile/client/node reaches nothing of the server', () => {
  const { files, packages } = reach('node.ts');
  expect(packages.filter((name) => !name.startsWith('node:'))).toEqual([]);
  expect(files.filter((path) => path.startsWith('..'))).toEqual([]);
});

test.each(Object.entries(documents))('%s is valid against the contract', (_name, { text }) => {
  expect(validate(schema, parse(text))).toEqual([]);
});
