const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** "3 minutes ago", "yesterday", "just now". */
export function toAgo(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  for (const [unit, length] of steps) {
    if (Math.abs(ms) >= length) return relative.format(Math.trunc(ms / length), unit);
  }
  return 'just now';
}

/** "Nov 21, 2026, 9:05 AM", where the person is. */
export function toMoment(iso: string): string {
  return moment.format(new Date(iso));
}
