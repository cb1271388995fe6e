import { createReadStream } from 'node:fs';
import { Parser } from 'htmlparser2';
import type { ExtractionRequest } from '../protocol.js';
import { decodeText } from './decode-text.js';
import { fileFd } from './file.js';
import type { Found } from './found.js';
import { makeTextSink } from './text-sink.js';

/** What nobody sees. */
const hidden = new Set(['script', 'style', 'template', 'noscript', 'svg', 'math', 'iframe', 'object']);
/** They end where they begin. */
const empty = new Set(['br', 'hr']);
const block =
  /^(?:address|article|aside|blockquote|br|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|title|tr|ul)$/;

/** The words of a page as it reads from top to bottom; nothing is run, and nothing else is fetched. */
export async function readHtml({ maxTextBytes }: ExtractionRequest): Promise<Found> {
  const sink = makeTextSink(maxTextBytes);
  let hiddenDepth = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (hidden.has(name)) hiddenDepth += 1;
      if (block.test(name)) sink.add('\n');
      if (name === 'td' || name === 'th') sink.add('\t');
    },
    onclosetag(name) {
      if (hidden.has(name)) hiddenDepth = Math.max(0, hiddenDepth - 1);
      if (block.test(name) && !empty.has(name)) sink.add('\n');
    },
    ontext(text) {
      if (hiddenDepth === 0) sink.add(text.replace(/\s+/g, ' '));
    },
  });
  const bytes = createReadStream('', { fd: fileFd, start: 0, autoClose: false });
  for await (const piece of decodeText(bytes)) {
    parser.write(piece);
    if (sink.isFull()) break;
  }
  parser.end();
  return sink.toFound();
}
