import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the two processes in place: loading some 1,200 modules one by one was half of the time that a start took.
 * What embedded parts and tools load on their own stays as tsc wrote it.
 */
const dist = fileURLToPath(new URL('../dist', import.meta.url));

await build({
  entryPoints: [`${dist}/main.js`, `${dist}/worker.js`],
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Native code is loaded from its package.
  external: ['pg-native', 'class-validator', '@node-rs/argon2'],
  // CommonJS packages in the bundle still ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
