/** One line per entry for a person at a terminal: time, level, message, fields; a stack below it. */
export function toPretty(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>; // our own pino wrote it
  const stack = findStack(fields['error']);
  const clock = String(time).slice(11, 19);
  const details = Object.entries(fields)
    .map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(withoutStack(value))}`,
    )
    .join(' ');
  return `${clock} ${String(level).padEnd(5)} ${String(msg)}${details && `  ${details}`}\n${stack ? `${stack}\n` : ''}`;
}

function findStack(error: unknown): string | undefined {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? error.stack : undefined;
  return typeof stack === 'string' ? stack : undefined;
}

function withoutStack(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value, stack: undefined }
    : value;
}
