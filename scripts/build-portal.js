import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';

/** Builds src/portal into dist/portal, with a compressed twin of every file that compressing makes smaller. */
const root = fileURLToPath(new URL('../src/portal', import.meta.url));
const outDir = fileURLToPath(new URL('../dist/portal', import.meta.url));

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
    rolldownOptions: {
      onLog(level, log, report) {
        // "use client" is for server rendering, which there is none of.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});

const brotli = promisify(brotliCompress);
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
const folder = `${outDir}/static`;
const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
await Promise.all(
  names.map(async (name) => {
    const bytes = await readFile(`${folder}/${name}`);
    const [br, gz] = await Promise.all([brotli(bytes, options), promisify(gzip)(bytes, { level: 9 })]);
    if (br.length < bytes.length) await writeFile(`${folder}/${name}.br`, br);
    if (gz.length < bytes.length) await writeFile(`${folder}/${name}.gz`, gz);
  }),
);
