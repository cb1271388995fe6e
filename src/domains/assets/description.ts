import { badInput } from '../../core/errors.js';
import { isPrintable } from '../../core/text.js';

const maxLength = 2000;

/**
 * In NFC, without the space around it; null when nothing is left. Throws BAD_USER_INPUT that names `field` when it is
 * too long, or cannot be shown.
 */
export function normalizeDescription(raw: string | null | undefined, field: string): string | null {
  const description = raw?.normalize('NFC').trim() || null;
  if (description === null) return null;
  if (description.length > maxLength)
    throw badInput(field, `The description may have ${maxLength} characters.`);
  if (!isPrintable(description))
    throw badInput(field, 'The description has characters that cannot be shown.');
  return description;
}
