import { median, percentile, type Measurement } from './measurement.js';

/** Fewer values than this have no 99th percentile worth the name. */
const minValuesForP99 = 50;

const head = ['what', 'median', 'p99', 'min – max', 'unit', 'how measured'];
const isRight = [false, true, true, true, false, false];

/** The table of a run, ready to print: numbers to the right, as many digits as say something. */
export function toReport(measurements: readonly Measurement[]): string {
  const rows = [head, ...measurements.map(toRow)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, isRight[column] ?? false))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function toRow({ name, values, unit, how }: Measurement): string[] {
  const isSingle = values.length === 1;
  const p99 = values.length < minValuesForP99 ? '' : toText(percentile(values, 0.99));
  const range = isSingle ? '' : `${toText(Math.min(...values))} – ${toText(Math.max(...values))}`;
  return [name, toText(median(values)), p99, range, unit, how];
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width);
}

/** Three digits, or all of those before the point. */
function toText(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
