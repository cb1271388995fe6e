/**
 * Harmless texts that every scanner is tested with. Each is written in two halves, so that no file of ours, nor its
 * compiled form, holds one whole.
 */
const signatures: readonly {
  readonly name: string;
  readonly bytes: Buffer;
  readonly atStartOnly: boolean;
}[] = [
  {
    name: 'Eicar-Test-Signature',
    bytes: join('X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'),
    // By its definition; a text about it is harmless.
    atStartOnly: true,
  },
  { name: 'Service-Test-Marker', bytes: join('SERVICE-TEST-MALWARE-', 'MARKER-7f3a'), atStartOnly: false },
];

const longest = Math.max(...signatures.map(({ bytes }) => bytes.length));

/** Joined at run time: a compiler folds constants that it sees. */
function join(...halves: string[]): Buffer {
  return Buffer.from(halves.join(''), 'latin1');
}

/**
 * Looks for test signatures in bytes that come in pieces. `push` returns the name of one as soon as it is whole,
 * wherever the pieces were cut; it keeps fewer bytes than the longest signature.
 */
export function makeSignatureSearch() {
  let tail = Buffer.alloc(0);
  let position = 0;
  return {
    push(chunk: Buffer): string | undefined {
      const start = position - tail.length;
      const window = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      const found = signatures.find(({ bytes, atStartOnly }) =>
        atStartOnly ? start === 0 && window.subarray(0, bytes.length).equals(bytes) : window.includes(bytes),
      );
      position += chunk.length;
      // A copy: the chunk's memory may be used again.
      tail = Buffer.from(window.subarray(Math.max(0, window.length - (longest - 1))));
      return found?.name;
    },
  };
}
