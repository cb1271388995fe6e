import {
  makePdf,
  makePresentation,
  makeWav,
  makeWord,
  makeWorkbook,
  pdfText,
  wordParagraph,
} from '../../support/documents.js';
import { openExtractor } from '../../support/extraction.js';

const { found } = openExtractor();

test('a PDF', async () => {
  const bytes = makePdf([pdfText('A business plan', 'for nobody'), pdfText('Page two')]);
  console.log(await found('PDF', 'application/pdf', bytes));
});
test('w', async () => {
  console.log(
    await found('WORD', 'x/y', makeWord(wordParagraph('Hello') + wordParagraph('World &amp; all'))),
  );
});
test('x', async () => {
  console.log(
    await found(
      'SHEET',
      'x/y',
      makeWorkbook({
        Income: [
          ['a', 1],
          ['b', 2.5],
        ],
        Costs: [['c']],
      }),
    ),
  );
});
test('p', async () => {
  console.log(await found('SLIDES', 'x/y', makePresentation([['One', 'first'], ['Two']])));
});
test('a', async () => {
  console.log(await found('AUDIO', 'audio/wav', makeWav(1.5, 'Title here')));
});
test('t', async () => {
  console.log(await found('TEXT', 'text/plain', Buffer.from('hi\n')));
});
