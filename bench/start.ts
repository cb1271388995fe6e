import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import { startService } from './support/service.js';

const how = 'spawn of node dist/main.js until /readyz answers 200';

/** What a start takes, with everything embedded: the first of all, and the later ones. */
export async function measureStart({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const rounds = quick ? 2 : 5;
  let dataDir = '';
  const cold = [];
  for (let round = 0; round < rounds; round += 1) {
    dataDir = await makeTempDir(scope);
    cold.push(await startOnce(dataDir));
  }
  const warm = [];
  for (let round = 0; round < rounds; round += 1) warm.push(await startOnce(dataDir));

  return [
    { name: 'start, cold', unit: 'ms', values: cold.map(({ ms }) => ms), how: `${how}; empty DATA_DIR` },
    { name: 'start, warm', unit: 'ms', values: warm.map(({ ms }) => ms), how: `${how}; used DATA_DIR` },
    {
      name: 'start, warm: CPU',
      unit: 'ms',
      values: warm.map(({ cpuMs }) => cpuMs),
      how: 'user and system time of that process when ready, without its Postgres',
    },
    {
      name: 'start, warm: peak memory',
      unit: 'MB',
      values: warm.map(({ peakMb }) => peakMb),
      how: 'largest RSS of that process until ready',
    },
  ];

  async function startOnce(folder: string) {
    const service = await startService({ scope, dataDir: folder });
    const { cpuMs, peakRssBytes } = await service.state();
    await service.close();
    return { ms: service.readyAfterMs, cpuMs, peakMb: peakRssBytes / 1e6 };
  }
}
