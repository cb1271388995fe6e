import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { makeSchema } from '../src/graphql/schema.js';

/** Writes schema.graphql from the code; with --check, fails when the file says something else. */
const file = new URL('../schema.graphql', import.meta.url);
const printed = `# Printed from the code by \`npm run schema\`.\n\n${printSchema(lexicographicSortSchema(makeSchema()))}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== printed) {
    console.error('schema.graphql is not what the code says. Run `npm run schema` and commit the result.');
    process.exit(1);
  }
} else {
  writeFileSync(file, printed);
}
