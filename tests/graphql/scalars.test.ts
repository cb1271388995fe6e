import { parseValue } from 'graphql';
import { SafeInt } from '../../src/graphql/scalars.js';

describe('SafeInt', () => {
  test.each([0, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)])(
    'is %d in variables, documents and answers',
    (value) => {
      expect(SafeInt.parseValue(value)).toBe(value);
      expect(SafeInt.parseLiteral(parseValue(String(value)))).toBe(value);
      expect(SafeInt.serialize(value)).toBe(value);
    },
  );

  test.each([2 ** 53, 1.5, NaN, Infinity, '5', true, null, undefined, 5n, {}])('is never %p', (value) => {
    expect(() => SafeInt.parseValue(value)).toThrow('whole number');
    expect(() => SafeInt.serialize(value)).toThrow('whole number');
  });

  test.each(['9007199254740992', '1.0', '"5"', 'true', '[5]'])('is never %s in a document', (text) => {
    expect(() => SafeInt.parseLiteral(parseValue(text))).toThrow('whole number');
  });
});
