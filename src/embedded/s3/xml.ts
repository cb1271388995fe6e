/** Markup that is finished: text in it is already escaped. */
export interface Xml {
  readonly xml: string;
}

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

type Content = string | number | boolean | Xml | readonly Xml[];

/** Text is escaped; elements are put in as they are. */
export function element(name: string, content: Content, namespace?: string): Xml {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return { xml: `<${name}${attribute}>${render(content)}</${name}>` };
}

/** One element a value; nothing for undefined. */
export function optional(name: string, content: Content | undefined): Xml[] {
  return content === undefined ? [] : [element(name, content)];
}

export function xmlDocument(root: Xml): string {
  return xmlDeclaration + root.xml;
}

function render(content: Content): string {
  if (typeof content === 'object') return 'xml' in content ? content.xml : content.map((x) => x.xml).join('');
  return escapeText(String(content));
}

/**
 * Controls and non-characters become numeric references, as S3 writes them. XML 1.0 forbids most of these even
 * so; a caller with such keys asks for `encoding-type=url`.
 */
function escapeText(text: string): string {
  return text.replace(/[&<>"'\u0000-\u001f\u007f\ufffe\uffff]/g, (character) => {
    const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }[character];
    return named ?? `&#x${(character.codePointAt(0) ?? 0).toString(16)};`;
  });
}
