import { cutText } from '../../src/core/text.js';

test.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['cut here', 3, 'cut'],
  ['grün', 3, 'gr'],
  ['grün', 4, 'grü'],
  ['a👋b', 4, 'a'],
  ['a👋b', 5, 'a👋'],
  ['ü', 1, ''],
])('%j in %d bytes is %j', (text, maxBytes, cut) => {
  expect(cutText(text, maxBytes)).toBe(cut);
});
