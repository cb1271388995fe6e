import { pino, type DestinationStream, type Logger } from 'pino';
import type { Log } from '../../core/log.js';
import { toPretty } from './pretty.js';
import { redact } from './redact.js';
import { sanitizeFields } from './sanitize.js';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** For a person at a terminal; JSON, one object a line, otherwise. */
  readonly pretty?: boolean;
  /** Where lines go; stdout by default. */
  readonly destination?: DestinationStream;
}

/**
 * The application's log. What is logged is reduced to plain data and rid of credentials first, whoever logs
 * it: see `sanitize.ts` and `redact.ts`. A fault is logged as `{ error }`. Never throws.
 */
export function makeLog({ level, pretty = false, destination = pino.destination(1) }: LogOptions): Log {
  const sink: DestinationStream = pretty
    ? { write: (line) => destination.write(toPretty(line)) }
    : destination;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return toLog(logger);
}

function toLog(logger: Logger): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) => {
    // Sanitizing costs more than writing: not for lines that nobody will see.
    if (logger.isLevelEnabled(level)) logger[level](sanitizeFields(fields), redact(message));
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => toLog(logger.child(sanitizeFields(fields))),
  };
}
