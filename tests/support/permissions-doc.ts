import { readFileSync } from 'node:fs';

/** What docs/permissions.md says, which is what its test expects. */
export interface PermissionsDoc {
  /** Who may ask, by the names of the columns. */
  readonly columns: readonly string[];
  /** The code that a sign stands for, where it stands for one. */
  readonly signOf: ReadonlyMap<string, string>;
  readonly rows: readonly PermissionsRow[];
}

export interface PermissionsRow {
  /** Such as `Query.asset (in a space)`. */
  readonly name: string;
  /** By column. */
  readonly cells: Readonly<Record<string, string>>;
}

const path = new URL('../../docs/permissions.md', import.meta.url);

/** Throws where a table's head or a row is not like the others. */
export function readPermissionsDoc(): PermissionsDoc {
  const tables = toTables(readFileSync(path, 'utf8'));
  const tableOf = (head: string) =>
    tables.filter(([first]) => first?.[0] === head).map(([, ...rest]) => rest);
  const columns = tableOf('Who').flatMap((lines) => lines.map(([name = '']) => name));
  const signOf = new Map(
    tableOf('Sign').flatMap((lines) =>
      lines.flatMap(([sign = '', meaning = '']): [string, string][] => {
        const code = /^`([A-Z_]+)`/.exec(meaning)?.[1];
        return code === undefined ? [] : [[code, sign]];
      }),
    ),
  );
  const rows = tables.flatMap(([head = [], ...lines]) => {
    if (head[0] !== 'Operation') return [];
    if (head.slice(1).join() !== columns.join()) throw new Error(`Other columns: ${head.join(' ')}`);
    return lines.map(([name = '', ...cells]) => {
      if (cells.length !== columns.length) throw new Error(`Too many or too few: ${name}`);
      const byColumn = columns.map((column, index) => [column, cells[index] ?? ''] as const);
      return { name: name.replaceAll('`', ''), cells: Object.fromEntries(byColumn) };
    });
  });
  return { columns, signOf, rows };
}

/** Each as its lines of cells, without the one that separates the head. */
function toTables(markdown: string): string[][][] {
  const tables: string[][][] = [];
  let table: string[][] | undefined;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) table = undefined;
    else if (/^\|[\s|:-]+$/.test(line)) continue;
    else {
      if (table === undefined) tables.push((table = []));
      table.push(
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      );
    }
  }
  return tables;
}
