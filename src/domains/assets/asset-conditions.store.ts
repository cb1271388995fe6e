import { and, eq, gte, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { searchText } from './asset-columns.table.js';
import type { AssetConditions } from './asset-filter.js';
import { assets } from './asset.table.js';

/** What an asset must be, as SQL: by which of it there is an index of each space or memory, and the rest. */
export interface Attributes {
  /** The one that fits the fewest comes first. */
  readonly indexed: readonly SQL[];
  readonly others: readonly SQL[];
  /** That the name and the description have all of the words; undefined when none are searched for. */
  readonly mentions: SQL | undefined;
}

/** Of what is sealed in a memory, or is to be, nothing is found by words: neither its name nor what is written in it. */
export function attributesOf(conditions: AssetConditions, within: 'space' | 'memory'): Attributes {
  const { executionId, scanStatus, provider, agentUrn, mimeType, type, words } = conditions;
  const isScanned = scanStatus && eq(assets.scanStatus, scanStatus);
  const inBoth = [type && eq(assets.type, type)];
  const inSpaces = [
    executionId === undefined ? undefined : eq(assets.executionId, executionId),
    scanStatus === 'CLEAN' ? undefined : isScanned,
    provider === undefined ? undefined : eq(assets.provider, provider),
    agentUrn === undefined ? undefined : eq(assets.agentUrn, agentUrn),
    mimeType === undefined ? undefined : eq(assets.mimeType, mimeType),
  ];
  const isInMemory = within === 'memory';
  const others = [
    ...(isInMemory ? inSpaces : []),
    scanStatus === 'CLEAN' ? isScanned : undefined,
    isInMemory && words.length > 0 ? isNull(assets.keyVersion) : undefined,
  ];
  return {
    indexed: [...(isInMemory ? [] : inSpaces), ...inBoth].filter(isGiven),
    others: others.filter(isGiven),
    mentions: and(...words.map(mentionsWord)),
  };
}

/** When it was made. */
export function periodOf({ createdAfter, createdBefore }: AssetConditions): SQL | undefined {
  return and(
    createdAfter && gte(assets.createdAt, createdAfter),
    createdBefore && lt(assets.createdAt, createdBefore),
  );
}

/**
 * One or two of the letters that write words with spaces between, or digits. As a part of any word they would be in
 * almost every name, and in no index of trigrams.
 */
const shortWord = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}]{1,2}$/u;
/** Where a word begins. Signs of ASCII, each of them named: of a class like `[:punct:]` the index can make nothing. */
const beforeWord = '(^|[ -/:-@\\[-`{-~])';

/** In lower case by the database, as the index is: JavaScript's differs in some letters. */
function mentionsWord(word: string): SQL {
  if (shortWord.test(word)) return sql`${searchText(assets)} ~ (${beforeWord} || lower(${word}::text))`;
  const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`${searchText(assets)} like lower(${pattern}::text)`;
}

function isGiven(condition: SQL | undefined): condition is SQL {
  return condition !== undefined;
}
