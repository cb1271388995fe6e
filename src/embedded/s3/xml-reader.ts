import { S3Error } from './errors.js';

/** One element of a request's body. Attributes are skipped: nothing we understand depends on one. */
export interface XmlNode {
  readonly name: string;
  readonly children: readonly XmlNode[];
  /** Character data directly inside, entities resolved. */
  readonly text: string;
}

// Far above what any request of S3 needs; recursion and memory stay small whatever is sent.
const maxDepth = 12;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const token =
  /<\?xml\s[^<>]*\?>|<!--(?:(?!--)[\s\S])*-->|<\/([A-Za-z_][\w.-]*)\s*>|<([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/**
 * Reads the XML that S3 clients send, and no more than that: no DOCTYPE, no CDATA, no processing instructions,
 * no entities but the five of XML and numeric ones. Throws MalformedXML. `rootName` is what it must be.
 */
export function readXml(document: string, rootName: string): XmlNode {
  const root = { name: '', children: [] as XmlNode[], text: '' };
  const open: { name: string; children: XmlNode[]; text: string }[] = [root];
  token.lastIndex = 0;
  const source = document.replace(/^\uFEFF/, '');
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    const parent = open.at(-1);
    if (!match || !parent) throw new S3Error('MalformedXML');
    const [, closed, opened, , selfClosing, text] = match;
    if (text !== undefined) {
      parent.text += decode(text);
    } else if (opened !== undefined) {
      const node = { name: opened, children: [], text: '' };
      parent.children.push(node);
      if (selfClosing !== '/') open.push(node);
      if (open.length > maxDepth) throw new S3Error('MalformedXML');
    } else if (closed !== undefined) {
      if (open.length === 1 || parent.name !== closed) throw new S3Error('MalformedXML');
      open.pop();
    }
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || !only || others.length > 0 || root.text.trim() !== '' || only.name !== rootName) {
    throw new S3Error('MalformedXML');
  }
  return only;
}

function decode(text: string): string {
  return text.replace(/&([^;&]{0,12});?|&/g, (whole, name: string | undefined) => {
    const known = name === undefined || !whole.endsWith(';') ? undefined : (entities[name] ?? numeric(name));
    if (known === undefined) throw new S3Error('MalformedXML');
    return known;
  });
}

function numeric(name: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (!match) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code === 0 || code > 0x10ffff || isSurrogate ? undefined : String.fromCodePoint(code);
}

export function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name);
}

/** The text of the only child of that name; undefined when there is none. Throws MalformedXML for two. */
export function childText(node: XmlNode, name: string): string | undefined {
  const [first, second] = childrenOf(node, name);
  if (second || (first && first.children.length > 0)) throw new S3Error('MalformedXML');
  return first?.text;
}
