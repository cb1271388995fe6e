import { writeFileSync } from 'node:fs';
import type { ExtractionAnswer, ExtractionRequest } from '../protocol.js';
import { extract } from './extract.js';
import { Unreadable } from './unreadable.js';

/**
 * The process that looks into one file: its file descriptor 3. It answers on 4, and ends with an exit code of 0; it has
 * no network, no credentials and no environment.
 */
const answerFd = 4;

// Of our own making, see `extractor.ts`.
const request = JSON.parse(process.argv.at(-1) ?? '') as ExtractionRequest;
const say = (answer: ExtractionAnswer) => writeFileSync(answerFd, `${JSON.stringify(answer)}\n`);
await extract(request, say).catch((error: unknown) =>
  say({ reason: error instanceof Unreadable ? error.message : 'The file is damaged and could not be read.' }),
);
// A parser may have left timers behind.
process.exit(0);
