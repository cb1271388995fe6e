/** A unit in which an amount can be given; each kind has them from the smallest up. */
export interface Unit {
  readonly id: string;
  readonly name: string;
  readonly factor: number;
}

/** As `toSize` has them: in steps of 1024. */
export const sizeUnits: readonly [Unit, ...Unit[]] = [
  { id: 'b', name: 'bytes', factor: 1 },
  { id: 'kb', name: 'KB', factor: 1024 },
  { id: 'mb', name: 'MB', factor: 1024 ** 2 },
  { id: 'gb', name: 'GB', factor: 1024 ** 3 },
  { id: 'tb', name: 'TB', factor: 1024 ** 4 },
];

export const timeUnits: readonly [Unit, ...Unit[]] = [
  { id: 's', name: 'seconds', factor: 1 },
  { id: 'min', name: 'minutes', factor: 60 },
  { id: 'h', name: 'hours', factor: 3600 },
];

/** An amount as somebody types it. */
export interface Amount {
  readonly count: string;
  readonly unitId: string;
}

/** In the largest unit in which it takes two decimals at most, so that nothing is rounded away. */
export function toAmount(value: number, units: readonly [Unit, ...Unit[]]): Amount {
  const unit = [...units].reverse().find(({ factor }) => {
    const count = value / factor;
    return count >= 1 && Math.round(count * 100) / 100 === count;
  });
  const { id, factor } = unit ?? units[0];
  return { count: String(value / factor), unitId: id };
}

/** The whole number that was meant; undefined for what is no number. A comma is a decimal point, too. */
export function fromAmount({ count, unitId }: Amount, units: readonly Unit[]): number | undefined {
  const factor = units.find(({ id }) => id === unitId)?.factor;
  const given = toNumber(count);
  if (given === undefined || factor === undefined) return undefined;
  const value = Math.round(given * factor);
  return Number.isSafeInteger(value) ? value : undefined;
}

function toNumber(count: string): number | undefined {
  const text = count.trim().replace(',', '.');
  return /^-?\d+(\.\d*)?$|^-?\.\d+$/.test(text) ? Number(text) : undefined;
}

/** What keeps it from being an amount, for who has typed it. */
export function toAmountProblem(amount: Amount, units: readonly Unit[]): string | undefined {
  const given = toNumber(amount.count);
  if (given === undefined) return 'Give a number.';
  if (given < 0) return 'Give 0 or more.';
  return fromAmount(amount, units) === undefined ? 'Give a smaller number.' : undefined;
}

/** "5 minutes", "90 seconds", "1 hour". */
export function toDuration(seconds: number): string {
  const { count, unitId } = toAmount(seconds, timeUnits);
  const name = timeUnits.find(({ id }) => id === unitId)?.name ?? '';
  return `${count} ${count === '1' ? name.slice(0, -1) : name}`;
}

/** "1 file", "12,345 files". */
export function toCount(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
