import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  /** Path within src, without extension: `~/domains/prompts/prompt`. */
  readonly from: string;
  /** The same for our own files, after `~/`; a package's name otherwise. */
  readonly to: string;
  /** Gone when the code runs. */
  readonly isTypeOnly: boolean;
}

const imports = listImports();

function listImports(): Import[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(src, file), 'utf8');
    const statements = [
      ...text.matchAll(/\b(?:import|export)\b([^;'()]*?)\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/g),
    ];
    return statements.map(([, names = '', named, bare]) => {
      const target = named ?? bare ?? '';
      const isOwn = target.startsWith('.');
      return {
        from: `~/${file.replace(/\.tsx?$/, '')}`,
        to: isOwn ? `~/${posix.join(dirname(file), target).replace(/\.js$/, '')}` : target,
        isTypeOnly: names.trimStart().startsWith('type '),
      };
    });
  });
}

/** Domains in the order in which one may use another: a later one an earlier one. */
const domains = [
  'accounts',
  'spaces',
  'capabilities',
  'quotas',
  'memories',
  'vault',
  'storage',
  'assets',
  'scanning',
  'processing',
  'uploads',
  'prompts',
  'erasure',
];

/** `from` may not import `to`. Patterns are of paths within src, and packages. */
const forbidden: { because: string; from: RegExp; to: RegExp }[] = [
  {
    because: 'core depends on nothing of ours',
    from: /^~\/core\//,
    to: /^~\/(?!core\/)/,
  },
  {
    because: 'domains know no edge, no adapter and no settings',
    from: /^~\/domains\//,
    to: /^~\/(?!core\/|domains\/)/,
  },
  {
    because: 'graphql and type-graphql live in graphql/, and where http/ mounts them',
    from: /^~\/(?!graphql\/|http\/|client\/)/,
    to: /^(graphql|type-graphql|graphql-ws|@apollo\/.*|graphql-scalars)$/,
  },
  { because: 'type-graphql lives in graphql/ alone', from: /^~\/(?!graphql\/)/, to: /^type-graphql$/ },
  {
    because: 'drizzle-orm lives in tables, stores and infra/postgres; core names its type',
    from: /^~\/(?!.*\.(table|store)$|infra\/postgres\/|core\/db$)/,
    to: /^drizzle-orm/,
  },
  {
    because: 'vendors are known to their adapters alone',
    from: /^~\/(?!infra\/)/,
    to: /^(@aws-sdk\/.*|@smithy\/.*|@node-rs\/.*|ioredis|graphql-redis-subscriptions|pg-boss|pino|sharp|music-metadata|saxes|htmlparser2)$/,
  },
  {
    because: 'PDFs are read by their adapter, and drawn by the preview',
    from: /^~\/(?!infra\/|portal\/files\/preview\/)/,
    to: /^pdfjs-dist/,
  },
  {
    because: 'only the composition root, the embedded parts and tools import adapters',
    from: /^~\/(?!infra\/|embedded\/|cli\/|adapters$|run$)/,
    to: /^~\/infra\//,
  },
  {
    because: 'edges are known to the composition root alone',
    from: /^~\/(domains|core|infra|auth|embedded)\//,
    to: /^~\/(http|graphql|jobs)\//,
  },
  {
    because: 'the client imports nothing of the server',
    from: /^~\/client\//,
    to: /^~\/(?!client\/)/,
  },
  {
    because: 'the portal imports nothing of ours but the client',
    from: /^~\/portal\//,
    to: /^~\/(?!portal\/|client\/)/,
  },
  {
    because: 'the portal is a page of its own: nothing imports it',
    from: /^~\/(?!portal\/)/,
    to: /^~\/portal\//,
  },
  {
    because: 'the portal runs in browsers',
    from: /^~\/portal\//,
    to: /^node:/,
  },
  {
    because: 'React and its components live in portal/ alone',
    from: /^~\/(?!portal\/)/,
    to: /^(react|react-dom|react-aria|react-aria-components|react-stately|lucide-react|wouter|@tanstack\/react-query)(\/|$)/,
  },
  {
    because: 'the demo is known to the processes, the edges and the tools that offer it',
    from: /^~\/(?!demo\/|http\/|cli\/|serve$|service$)/,
    to: /^~\/demo\//,
  },
];

const describeImport = ({ from, to }: Import) => `${from} imports ${to}`;

test.each(forbidden)('$because', ({ from, to }) => {
  const broken = imports.filter((it) => from.test(it.from) && to.test(it.to));
  expect(broken.map(describeImport)).toEqual([]);
});

test('every domain stands in the order', () => {
  expect(readdirSync(join(src, 'domains')).sort()).toEqual([...domains].sort());
});

test("a domain uses earlier ones only, and never another's store", () => {
  const domainOf = (path: string) => /^~\/domains\/(\w+)\//.exec(path)?.[1];
  const broken = imports.filter(({ from, to }) => {
    const [user, used] = [domainOf(from), domainOf(to)];
    if (user === undefined || used === undefined || user === used) return false;
    return domains.indexOf(used) > domains.indexOf(user) || to.endsWith('.store');
  });
  expect(broken.map(describeImport)).toEqual([]);
});

test('the environment is read by config.ts alone', () => {
  const readers = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => /process\.env\b/.test(readFileSync(join(src, file), 'utf8')));
  expect(readers).toEqual(['config.ts']);
});

test('a cycle of imports never closes', () => {
  const graph = group(imports.filter(({ isTypeOnly }) => !isTypeOnly));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

function group(all: readonly Import[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { from, to } of all) graph.set(from, [...(graph.get(from) ?? []), to]);
  return graph;
}
