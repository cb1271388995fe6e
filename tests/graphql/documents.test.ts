import { buildSchema } from 'graphql';
import { makeDocuments } from '../../src/graphql/documents.js';
import { makeLimits } from '../../src/graphql/limits.js';

const schema = buildSchema('type Query { a: Int, b: Int }');
const limits = makeLimits();

describe('checked documents', () => {
  test('are parsed and validated once per text', () => {
    const documents = makeDocuments({ schema, limits });
    const first = documents.check('{ a }').document;
    expect(first).toBeDefined();
    expect(documents.check('{ a }').document).toBe(first);
    expect(documents.check('{ a  }').document).not.toBe(first);
    expect(documents.size()).toBe(2);
  });

  test('are kept up to a size, the latest used longest', () => {
    const documents = makeDocuments({ schema, limits, maxChars: 300 });
    const pad = (text: string) => text.padEnd(99, ' ');
    const kept = documents.check(pad('{ a }')).document;
    documents.check(pad('{ b }'));
    documents.check(pad('{ a }'));
    documents.check(pad('{ a b }'));
    documents.check(pad('{ b a }'));
    expect(documents.size()).toBe(3);
    expect(documents.check(pad('{ a }')).document).toBe(kept);
    expect(documents.check(`{ a }${' '.repeat(400)}`).document).toBeDefined();
    expect(documents.size()).toBe(3);
  });

  test('are not kept when they are wrong, and say why', () => {
    const documents = makeDocuments({ schema, limits });
    const code = (text: string) => documents.check(text).errors?.[0]?.extensions['code'];
    expect(code('{')).toBe('GRAPHQL_PARSE_FAILED');
    expect(code('{ a '.repeat(600))).toBe('GRAPHQL_PARSE_FAILED');
    expect(code('{ c }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(documents.size()).toBe(0);
  });
});
