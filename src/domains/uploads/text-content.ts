/** What text may hold below the space: BEL to CR and ESC, as `file` has it; coloured logs and old listings do. */
const binaryControls = /[\u0000-\u0006\u000e-\u001a\u001c-\u001f\u007f]/;

/**
 * The text that `head` begins, or undefined when it is none. UTF-8, UTF-16 with its byte order mark, and, where
 * `legacy` encodings go (plain text and CSV from old spreadsheets), Windows-1252. Text holds no NUL.
 */
export function decodeText(head: Uint8Array, complete: boolean, legacy: boolean): string | undefined {
  for (const encoding of candidates(head, legacy)) {
    try {
      // A head that is cut may end within a character: `stream` leaves those bytes undecided.
      const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !complete });
      return binaryControls.test(text) ? undefined : text;
    } catch {
      continue; // Not in this encoding; the next is tried.
    }
  }
  return undefined;
}

function candidates(head: Uint8Array, legacy: boolean): string[] {
  if (head[0] === 0xff && head[1] === 0xfe) return ['utf-16le'];
  if (head[0] === 0xfe && head[1] === 0xff) return ['utf-16be'];
  return legacy ? ['utf-8', 'windows-1252'] : ['utf-8'];
}

/**
 * Documents that are written in text and yet are none: what opens them goes by these first characters, behind white
 * space or a mark, which in the old encoding is three characters.
 */
export function isDisguisedDocument(text: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*(?:%PDF-|\{\\rtf|%!PS)/.test(text);
}

export function isHtml(text: string): boolean {
  return /<(?:!doctype\s+html|!--|[a-z][a-z0-9]*[\s/>])/i.test(text);
}

export function isXml(text: string): boolean {
  return /^\s*<(?:[?!]|[\p{L}_:])/u.test(text);
}

/** Its first element is `svg`, in whichever namespace prefix. */
export function isSvg(text: string): boolean {
  const prolog =
    /^\s*(?:<\?[^>]*\?>\s*|<!--[^]*?-->\s*|<!DOCTYPE(?:[^[>]|\[[^\]]*\])*>\s*)*/i.exec(text)?.[0] ?? '';
  return /^<(?:[\w.-]+:)?svg[\s/>]/.test(text.slice(prolog.length));
}

/** All of it when the head is all of it; else its first character. */
export function isJson(text: string, complete: boolean): boolean {
  if (!complete) return /^\s*[[{"\-\dtfn]/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
