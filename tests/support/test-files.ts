/** The EICAR test file, in two halves so that no file of ours holds it. */
export const eicar = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
  'latin1',
);

/** A marker that the test scanners look for anywhere in a file. */
export const marker = Buffer.from(['SERVICE-TEST-MALWARE-', 'MARKER-7f3a'].join(''), 'latin1');
