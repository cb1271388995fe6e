import { ScannerUnavailableError, type ScanVerdict } from '../../domains/scanning/scanner.js';

/** All that clamd wrote on one connection until that ended, in good order or not: its text says whether it is whole. */
export interface Answer {
  readonly text: string;
  /** Whether it began before the last byte of ours was on its way. */
  readonly early: boolean;
}

/** Only an exact `stream: OK` to a whole stream is CLEAN. Throws `ScannerUnavailableError` where nothing is certain. */
export function toVerdict({ text, early }: Answer): ScanVerdict {
  if (text === 'stream: OK\0' && !early) return { status: 'CLEAN' };
  const found = /^stream: ([\x21-\x7e][\x20-\x7e]{0,199}) FOUND\0$/.exec(text)?.[1];
  if (found !== undefined) return { status: 'BLOCKED', reason: found };
  if (text === 'INSTREAM size limit exceeded. ERROR\0') {
    return { status: 'BLOCKED', reason: 'larger than the scanner accepts' };
  }
  throw new ScannerUnavailableError(`clamd gave no verdict${text === '' ? '' : `: ${JSON.stringify(text)}`}`);
}
