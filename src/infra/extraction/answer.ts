import type { Extract, Extraction } from '../../domains/processing/extractor.js';
import type { CrashCause, SandboxOutcome } from '../sandbox/sandbox.js';
import { extractionAnswer, type ExtractionAnswer } from './protocol.js';

export const maxThumbnailBytes = 2 ** 20;

const crashReasons: Readonly<Record<CrashCause, string>> = {
  TIME: 'Reading the file took too long.',
  OUTPUT: 'The file gave more than can be kept.',
  EXIT: 'The file made its reader fail, or needs too much memory.',
};
/** The same where something had been found by then. */
const missingReasons: Readonly<Record<CrashCause, string>> = {
  TIME: 'Not everything was found: it took too long.',
  OUTPUT: 'Not everything was found: it is more than can be kept.',
  EXIT: 'Not everything was found: the file made its reader fail, or needs too much memory.',
};

const nothing: Extract = {
  text: null,
  isTextCut: false,
  width: null,
  height: null,
  durationSeconds: null,
  thumbnail: null,
};

/** What was found is kept, whatever became of the child after it had said so. What is not as agreed is a crash. */
export function toExtraction(outcome: SandboxOutcome): Extraction {
  const answers = parseLines(outcome.output);
  const cause = outcome.status === 'CRASHED' ? outcome.cause : 'EXIT';
  const crashed: Extraction = { status: 'CRASHED', reason: crashReasons[cause] };
  if (answers === undefined || answers.length === 0) return crashed;
  let extract = nothing;
  for (const answer of answers) {
    if ('reason' in answer) return { status: 'FAILED', reason: answer.reason };
    const { thumbnail: encoded, ...rest } = answer;
    const thumbnail = encoded === undefined ? extract.thumbnail : Buffer.from(encoded, 'base64');
    if (thumbnail !== null && !isWebp(thumbnail)) return crashed;
    extract = { ...extract, ...rest, thumbnail };
  }
  return outcome.status === 'ANSWERED'
    ? { status: 'DONE', extract }
    : { status: 'DONE', extract: { ...extract, missing: missingReasons[cause] } };
}

/** undefined when one of them is none. What comes after the last end of a line was broken off. */
function parseLines(output: Buffer): ExtractionAnswer[] | undefined {
  const answers: ExtractionAnswer[] = [];
  for (const line of output.toString('utf8').split('\n').slice(0, -1)) {
    const parsed = extractionAnswer.safeParse(parseJson(line));
    if (!parsed.success) return undefined;
    answers.push(parsed.data);
  }
  return answers;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isWebp(bytes: Buffer): boolean {
  const isRiff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isRiff && bytes.length <= maxThumbnailBytes;
}
