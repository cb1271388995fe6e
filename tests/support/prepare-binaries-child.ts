/** A process of its own that prepares the binaries of a package, for tests that need another user's eyes. */
import { makeIsolation } from '../../src/embedded/isolation.js';
import { prepareBinaries } from '../../src/embedded/postgres/binaries.js';

const [dataDir = '', native = ''] = process.argv.slice(2);
const binaries = await prepareBinaries(dataDir, makeIsolation([], false, null), native);
process.stdout.write(binaries.postgres);
