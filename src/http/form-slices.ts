import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';

const emptyLine = '\r\n\r\n';

/**
 * A form, cut behind each empty line for as long as `isHead` says so: the headers of a part end at the end of a slice.
 * `headEnd` is where they end that ended last before the slice that is read, in bytes from the form's start.
 */
export function sliceForm(form: Readable, isHead: () => boolean) {
  /** So much of the chunk before as an empty line may have begun in. */
  let before = Buffer.alloc(0);
  const slices = form.pipe(
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        let from = 0;
        if (isHead()) {
          for (const end of findEnds(before, chunk)) {
            this.push(chunk.subarray(from, end));
            from = end;
          }
          before = Buffer.concat([before, chunk]).subarray(-(emptyLine.length - 1));
        }
        if (from < chunk.length) this.push(chunk.subarray(from));
        done();
      },
    }),
  );
  let position = 0;
  let headEnd = 0;
  let lastBytes = '';
  // Told of each slice before whoever is piped to later.
  slices.on('data', (slice: Buffer) => {
    if (lastBytes === emptyLine) headEnd = position;
    position += slice.length;
    lastBytes = (lastBytes + slice.toString('latin1', Math.max(0, slice.length - 4))).slice(-4);
  });
  return { slices, headEnd: () => headEnd };
}

/** In the chunk, behind each empty line that ends in it. */
function findEnds(before: Buffer, chunk: Buffer): number[] {
  const text = Buffer.concat([before, chunk]);
  const ends: number[] = [];
  for (let at = text.indexOf(emptyLine); at >= 0; at = text.indexOf(emptyLine, at + 1)) {
    ends.push(at + emptyLine.length - before.length);
  }
  return ends;
}
