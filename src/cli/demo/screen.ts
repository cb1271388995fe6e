const BAR_WIDTH = 30;
const NAME_WIDTH = 7;

/** process.stdout, as far as it is needed here. */
export interface ScreenOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What one side of the demo has to say, one line a step, after its name. */
export function makeScreen(name: string, output: ScreenOutput = process.stdout) {
  const prefix = `${name.padEnd(NAME_WIDTH)}│ `;
  let barIsOpen = false;

  function endBar(): void {
    if (barIsOpen) output.write('\n');
    barIsOpen = false;
  }

  return {
    say(text: string): void {
      endBar();
      output.write(`${text.replace(/^/gm, prefix)}\n`);
    },
    /** A bar that grows in its place on a terminal; elsewhere only its end is told. */
    progress(sentBytes: number, totalBytes: number): void {
      const isWhole = sentBytes === totalBytes;
      const share = totalBytes === 0 ? 1 : sentBytes / totalBytes;
      const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '·');
      const line = `${prefix}${bar} ${Math.round(share * 100)} % of ${toSize(totalBytes)}`;
      if (output.isTTY) {
        output.write(`\r${line}`);
        barIsOpen = true;
        if (isWhole) endBar();
      } else if (isWhole) {
        output.write(`${line}\n`);
      }
    },
  };
}

export type Screen = ReturnType<typeof makeScreen>;

export function toSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function toTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}
