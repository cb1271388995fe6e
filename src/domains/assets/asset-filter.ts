import { badInput } from '../../core/errors.js';
import { normalizeMimeType } from '../../core/mime.js';
import { isPrintable } from '../../core/text.js';
import type { AssetType, ScanStatus } from './asset.js';

export const assetOrders = ['NEWEST', 'OLDEST', 'NAME', 'LARGEST'] as const;
export type AssetOrder = (typeof assetOrders)[number];

const maxSearchLength = 200;
/** Nothing was made before, or will be after; Postgres and JavaScript write only the years between alike. */
const [earliest, latest] = [Date.UTC(1970), Date.UTC(9999)];

/** What a caller asks for; all of it must hold. */
export interface AssetFilterInput {
  spaceId?: string | null | undefined;
  folderId?: string | null | undefined;
  recursive?: boolean | null | undefined;
  type?: AssetType | null | undefined;
  provider?: string | null | undefined;
  executionId?: string | null | undefined;
  agentUrn?: string | null | undefined;
  mimeType?: string | null | undefined;
  scanStatus?: ScanStatus | null | undefined;
  search?: string | null | undefined;
  createdAfter?: Date | null | undefined;
  createdBefore?: Date | null | undefined;
  includeDeleted?: boolean | null | undefined;
}

/** What an asset must be, wherever it is; whatever is undefined says nothing. */
export interface AssetConditions {
  readonly type?: AssetType | undefined;
  readonly provider?: string | undefined;
  readonly executionId?: string | undefined;
  readonly agentUrn?: string | undefined;
  /** Normalised. */
  readonly mimeType?: string | undefined;
  readonly scanStatus?: ScanStatus | undefined;
  /**
   * Each occurs somewhere in the name or the description, in any case, one or two letters where a word begins; or each
   * is a word of the text. In NFC, without spaces.
   */
  readonly words: readonly string[];
  /** From then on. */
  readonly createdAfter?: Date | undefined;
  /** Until right before. */
  readonly createdBefore?: Date | undefined;
  /** Those in the trash too. */
  readonly includeDeleted: boolean;
}

/**
 * Throws BAD_USER_INPUT (`filter.mimeType`; `filter.search` unless it has 1 to 200 characters that can be shown;
 * `filter.provider` and the like with characters that cannot). `at` is where its fields are, in the schema.
 */
export function toConditions(input: AssetFilterInput, at = 'filter.'): AssetConditions {
  return {
    type: input.type ?? undefined,
    provider: toText(input.provider, `${at}provider`),
    executionId: toText(input.executionId, `${at}executionId`),
    agentUrn: toText(input.agentUrn, `${at}agentUrn`),
    mimeType: toMimeType(input.mimeType, `${at}mimeType`),
    scanStatus: input.scanStatus ?? undefined,
    words: toWords(input.search, `${at}search`),
    createdAfter: toInstant(input.createdAfter),
    createdBefore: toInstant(input.createdBefore),
    includeDeleted: input.includeDeleted ?? false,
  };
}

function toText(text: string | null | undefined, field: string): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (!isPrintable(text)) throw badInput(field, 'It has characters that cannot be shown.');
  return text;
}

function toMimeType(text: string | null | undefined, field: string): string | undefined {
  if (text === null || text === undefined) return undefined;
  const mimeType = normalizeMimeType(text);
  if (mimeType === undefined) {
    throw badInput(field, 'The type is not a MIME type such as image/png.');
  }
  return mimeType;
}

function toWords(search: string | null | undefined, field: string): readonly string[] {
  if (search === null || search === undefined) return [];
  const text = search.normalize('NFC').trim();
  if (text === '' || text.length > maxSearchLength || !isPrintable(text)) {
    throw badInput(field, `Search for 1 to ${maxSearchLength} characters that can be shown.`);
  }
  return [...new Set(text.split(/\s+/u))];
}

function toInstant(instant: Date | null | undefined): Date | undefined {
  if (instant === null || instant === undefined) return undefined;
  return new Date(Math.min(Math.max(instant.getTime(), earliest), latest));
}
