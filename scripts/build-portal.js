import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';

/**
 * Builds src/portal into dist/portal: the page, and in `embed/` the one script for pages of others; with a compressed
 * twin of every file that compressing makes smaller.
 */
const root = fileURLToPath(new URL('../src/portal', import.meta.url));
const outDir = fileURLToPath(new URL('../dist/portal', import.meta.url));

const rolldownOptions = {
  onLog(level, log, report) {
    // "use client" is for server rendering, which there is none of.
    if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
  },
};

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  worker: { format: 'es' },
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: 'static',
    // The page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions,
  },
});

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  // Of libraries, Vite leaves this to whoever bundles them further.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: join(outDir, 'embed'),
    emptyOutDir: false,
    // Since light-dark(): what stands in for it in older browsers needs the page to set color-scheme by the same sheet.
    cssTarget: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    // One file, whose names are its own: it is loaded as a module or not.
    lib: {
      entry: join(root, 'embed/askfile-prompts.ts'),
      formats: ['iife'],
      name: 'askfilePrompts',
      fileName: () => 'askfile-prompts.js',
    },
    copyPublicDir: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions,
  },
});

const brotli = promisify(brotliCompress);
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

for (const folder of ['static', 'embed'].map((name) => join(outDir, name))) {
  const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name));
      const [br, gz] = await Promise.all([brotli(bytes, options), promisify(gzip)(bytes, { level: 9 })]);
      if (br.length < bytes.length) await writeFile(join(folder, `${name}.br`), br);
      if (gz.length < bytes.length) await writeFile(join(folder, `${name}.gz`), gz);
    }),
  );
}
