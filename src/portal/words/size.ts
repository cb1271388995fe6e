const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** As people's computers show it, in steps of 1024: 50 MiB is "50 MB". */
export function toSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be told as 1024 of one unit is 1 of the next.
  while (Math.round(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${units[unit]}`;
}
