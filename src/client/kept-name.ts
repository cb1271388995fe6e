const MAX_BYTES = 255;

/** Halves of characters, controls, line separators, the byte order mark, and what turns the direction of text around. */
const dropped = /[\p{Surrogate}\p{Cc}\p{Zl}\p{Zp}\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * What the service keeps of a file's name: the last part of a path, in NFC and without what cannot be shown; one that
 * is too long loses the end of its stem. By the service's rule, which the tests hold this against.
 */
export function toKeptName(filename: string): string {
  const clean = filename
    .replace(dropped, '')
    .normalize('NFC')
    .replace(/[/\\]+$/, '');
  const name = clean.split(/[/\\]/).at(-1) ?? '';
  if (byteLength(name) <= MAX_BYTES) return name;
  const extension = /[^.](\.[^.\s]{1,16})$/u.exec(name)?.[1] ?? '';
  const stem = name.slice(0, name.length - extension.length);
  return cut(stem, MAX_BYTES - byteLength(extension)) + extension;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whole characters from its start. */
function cut(text: string, maxBytes: number): string {
  // Written as far as there is room, and never in the middle of a character.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
