import { AskfileError } from './errors.js';
import { AgentAssets, Assets } from './generated/documents.js';
import type { Execute } from './http.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { Asset, AssetOrder, AssetType, ScanStatus } from './types.js';

interface ListOptions {
  readonly mimeType?: string;
  /** In upper or lower case. */
  readonly type?: AssetType | Lowercase<AssetType>;
  /** Words in filenames, descriptions and what is written in files. BAD_USER_INPUT of one encrypted memory. */
  readonly search?: string;
  /** Default NEWEST. NAME is BAD_USER_INPUT of one encrypted memory. */
  readonly orderBy?: AssetOrder;
  /** Those in the trash too; default false. */
  readonly includeDeleted?: boolean;
  /** Assets a request, 1 to 100; default 20. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/** Of one memory, or of all memories of a person. */
export interface ListMemoryAssetsOptions extends ListOptions {
  /** Whose memory. Required for an agent. */
  readonly userId?: string;
  /** Of which agent. An agent's own by default. */
  readonly agentUrn?: string;
}

/** Of the spaces that the caller may read; all of it must hold. */
export interface ListSpaceAssetsOptions extends ListOptions {
  readonly userId?: never;
  readonly agentUrn?: never;
  readonly spaceId?: string;
  readonly folderId?: string;
  /** With `folderId`: everything beneath it too. */
  readonly recursive?: boolean;
  /** Such as elevenlabs or fal. */
  readonly provider?: string;
  readonly executionId?: string;
  readonly scanStatus?: ScanStatus;
  /** Then, or later; a string is in ISO 8601. */
  readonly createdAfter?: Date | string;
  /** Earlier than this; a string is in ISO 8601. */
  readonly createdBefore?: Date | string;
}

export type ListAssetsOptions = ListMemoryAssetsOptions | ListSpaceAssetsOptions;

interface Page {
  readonly nodes: readonly Asset[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

type ReadPage = (place: { first: number; after: string | null }) => Promise<Page>;

/** Each page is fetched when the one before has been walked through. */
export async function* listAssets(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  options: ListAssetsOptions,
): AsyncGenerator<Asset, void, undefined> {
  const { pageSize: first = 20, signal } = options;
  const readPage = isOfSpaces(options) ? ofSpaces(execute, options) : ofMemory(execute, options);
  for (let after: string | null = null; ;) {
    const place = { first, after };
    const page: Page = await retrying(() => readPage(place), { policy, signal });
    yield* page.nodes;
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || after === null) return;
  }
}

function isOfSpaces(options: ListAssetsOptions): options is ListSpaceAssetsOptions {
  return options.userId === undefined && options.agentUrn === undefined;
}

const ofMemories: Readonly<Record<keyof ListMemoryAssetsOptions, true>> = {
  mimeType: true,
  type: true,
  search: true,
  orderBy: true,
  includeDeleted: true,
  pageSize: true,
  signal: true,
  userId: true,
  agentUrn: true,
};

/** A filter that a memory does not have would be left out without a word, and more be listed than was asked for. */
function assertOfMemories(options: object): void {
  const field = Object.entries(options).find(
    ([name, value]) => value !== undefined && !(name in ofMemories),
  )?.[0];
  if (field === undefined) return;
  const message = `Memories are not listed by ${field}: it goes with neither userId nor agentUrn.`;
  throw new AskfileError('BAD_USER_INPUT', message, { extensions: { field } });
}

function ofMemory(execute: Execute, options: ListMemoryAssetsOptions): ReadPage {
  assertOfMemories(options);
  const { pageSize: _pageSize, signal, type, ...filter } = options;
  const variables = { ...filter, ...toAssetType(type) };
  return async (place) => (await execute(AgentAssets, { ...variables, ...place }, { signal })).agentAssets;
}

function ofSpaces(execute: Execute, options: ListSpaceAssetsOptions): ReadPage {
  const { pageSize: _pageSize, signal, type, orderBy, createdAfter, createdBefore, ...rest } = options;
  const { userId: _userId, agentUrn: _agentUrn, ...filter } = rest;
  const variables = {
    ...(orderBy !== undefined && { orderBy }),
    filter: {
      ...filter,
      ...toAssetType(type),
      ...(createdAfter !== undefined && { createdAfter: toIso(createdAfter) }),
      ...(createdBefore !== undefined && { createdBefore: toIso(createdBefore) }),
    },
  };
  return async (place) => (await execute(Assets, { ...variables, ...place }, { signal })).assets;
}

function toAssetType(type: ListOptions['type']): { type?: AssetType } {
  // The schema's names are those of `Lowercase<AssetType>` in upper case.
  return type === undefined ? {} : { type: type.toUpperCase() as AssetType };
}

function toIso(instant: Date | string): string {
  return typeof instant === 'string' ? instant : instant.toISOString();
}
