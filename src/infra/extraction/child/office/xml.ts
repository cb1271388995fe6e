import { SaxesParser } from 'saxes';
import { Unreadable } from '../unreadable.js';

/** Of one part, unpacked: nobody writes that much by hand. */
const maxPartBytes = 256 * 2 ** 20;
/** Without a tag between: it is kept until the next. */
const maxTextNodeBytes = 16 * 2 ** 20;
const maxDepth = 500;

/** Tags come by their local names: which prefix a writer has chosen says nothing. */
export interface XmlHandlers {
  onOpen?: (tag: string, attributes: Readonly<Record<string, string | undefined>>) => void;
  onClose?: (tag: string) => void;
  onText?: (text: string) => void;
  /** Ends the reading early, without complaint. */
  isDone?: () => boolean;
}

/**
 * Reads XML as it comes. Entities of its own are never declared, let alone looked up elsewhere: a document type that
 * has some is refused. Throws `Unreadable`.
 */
export async function readXml(bytes: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  const { onOpen, onClose, onText, isDone = () => false } = handlers;
  const parser = new SaxesParser();
  let depth = 0;
  let sizeBytes = 0;
  let bytesSinceTag = 0;
  parser.on('error', () => {
    throw new Unreadable('The document is damaged: its XML is not well-formed.');
  });
  parser.on('doctype', (declaration) => {
    // The name of a grammar that everybody has says nothing.
    if (declaration.includes('['))
      throw new Unreadable('The document declares entities of its own, and is not read.');
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    bytesSinceTag = 0;
    if (depth > maxDepth) throw new Unreadable('The document is nested too deep.');
    onOpen?.(localName(name), withLocalNames(attributes));
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    bytesSinceTag = 0;
    onClose?.(localName(name));
  });
  if (onText !== undefined) {
    parser.on('text', onText);
    parser.on('cdata', onText);
  }
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    sizeBytes += chunk.length;
    bytesSinceTag += chunk.length;
    if (sizeBytes > maxPartBytes || bytesSinceTag > maxTextNodeBytes)
      throw new Unreadable('The document inflates to more than is read.');
    parser.write(decoder.decode(chunk, { stream: true }));
    if (isDone()) return;
  }
  parser.write(decoder.decode()).close();
}

function withLocalNames(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [localName(name), value]));
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
