import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The process that looks into files, as `npm run build` would make it. A few hundredths of a second. */
export async function compileChild(): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await build({
    entryPoints: [`${root}src/infra/extraction/child/main.ts`],
    outdir: `${root}.data/tests/child`,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
}
