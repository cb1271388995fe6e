import type { AssetFilter, AssetOrder, AssetType, ScanStatus } from '../../client/generated/schema.js';
import type { Place } from './place.js';

export const orders = ['NEWEST', 'OLDEST', 'NAME', 'LARGEST'] as const satisfies readonly AssetOrder[];
export const types = ['DOCUMENT', 'IMAGE', 'AUDIO', 'VIDEO', 'OTHER'] as const satisfies readonly AssetType[];
export const scanStatuses = ['PENDING', 'CLEAN', 'BLOCKED'] as const satisfies readonly ScanStatus[];

/** Which of a place's files are shown, and in what order. It stands in the address. */
export interface View {
  readonly orderBy: AssetOrder;
  readonly search: string | undefined;
  /** In the whole space, not only in this folder and beneath. */
  readonly isEverywhere: boolean;
  readonly type: AssetType | undefined;
  readonly scanStatus: ScanStatus | undefined;
  readonly provider: string | undefined;
  /** Days such as 2026-11-21, both included, by the person's own clock. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

/** Where in the address each part stands. */
const names = {
  orderBy: 'sort',
  search: 'q',
  isEverywhere: 'in',
  type: 'type',
  scanStatus: 'scan',
  provider: 'by',
  from: 'from',
  until: 'until',
} as const satisfies Record<keyof View, string>;

/** The service's own limit. */
export const maxSearchLength = 200;

/** What makes no sense is left out: addresses are typed and shortened by people. */
export function readView(params: URLSearchParams): View {
  const oneOf = <T extends string>(values: readonly T[], name: string) =>
    values.find((value) => value === params.get(name)?.toUpperCase());
  return {
    orderBy: oneOf(orders, names.orderBy) ?? 'NEWEST',
    search: toText(params.get(names.search)?.slice(0, maxSearchLength)),
    isEverywhere: params.get(names.isEverywhere) === 'space',
    type: oneOf(types, names.type),
    scanStatus: oneOf(scanStatuses, names.scanStatus),
    provider: toText(params.get(names.provider)),
    from: toDay(params.get(names.from)),
    until: toDay(params.get(names.until)),
  };
}

/** The address's parameters with the view changed; what is not the view's stays. */
export function writeView(params: URLSearchParams, change: Partial<View>): URLSearchParams {
  const next = new URLSearchParams(params);
  const view = { ...readView(params), ...change };
  const put = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? next.delete(name) : next.set(name, value);
  put(names.orderBy, view.orderBy === 'NEWEST' ? undefined : view.orderBy.toLowerCase());
  put(names.search, view.search?.trim());
  put(names.isEverywhere, view.isEverywhere ? 'space' : undefined);
  put(names.type, view.type?.toLowerCase());
  put(names.scanStatus, view.scanStatus?.toLowerCase());
  put(names.provider, view.provider?.trim());
  put(names.from, view.from);
  put(names.until, view.until);
  return next;
}

/** What a view is changed to for no filter. */
export const noFilters = {
  type: undefined,
  scanStatus: undefined,
  provider: undefined,
  from: undefined,
  until: undefined,
} as const satisfies Partial<View>;

/** The address's parameters without any search or filter. */
export function widenView(params: URLSearchParams): URLSearchParams {
  return writeView(params, { ...noFilters, search: undefined, isEverywhere: false });
}

/** How many filters are set; the search is none. */
export function countFilters({ type, scanStatus, provider, from, until }: View): number {
  return [type, scanStatus, provider, from ?? until].filter((value) => value !== undefined).length;
}

/** Whether files are looked for, here and beneath, instead of those of the place being listed. */
export function isNarrowed(view: View): boolean {
  return view.search !== undefined || countFilters(view) > 0;
}

/** Whether the place's files can be found by words and put in the order of their names. */
export function hasNames(place: Place): boolean {
  return place.kind === 'space' || !place.isEncrypted;
}

/** In which orders the place can be listed. */
export function toOrders(place: Place): readonly AssetOrder[] {
  return hasNames(place) ? orders : orders.filter((order) => order !== 'NAME');
}

/** As much of a view as the place has: a memory is looked through by words and kind alone. */
export function fitView(place: Place, view: View): View {
  if (place.kind === 'space') return view;
  const { type } = view;
  const fitting = { ...view, ...noFilters, isEverywhere: false, type };
  if (hasNames(place)) return fitting;
  return { ...fitting, search: undefined, orderBy: view.orderBy === 'NAME' ? 'NEWEST' : view.orderBy };
}

/** What the service is asked for when files are looked for in a space. */
export function toFilter(
  { spaceId, folderId }: Pick<Extract<Place, { kind: 'space' }>, 'spaceId' | 'folderId'>,
  { search, isEverywhere, type, scanStatus, provider, from, until }: View,
): AssetFilter {
  return {
    spaceId,
    ...(folderId !== undefined && !isEverywhere && { folderId, recursive: true }),
    ...(search !== undefined && { search }),
    ...(type !== undefined && { type }),
    ...(scanStatus !== undefined && { scanStatus }),
    ...(provider !== undefined && { provider }),
    ...(from !== undefined && { createdAfter: toMidnight(from, 0) }),
    ...(until !== undefined && { createdBefore: toMidnight(until, 1) }),
  };
}

function toText(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function toDay(text: string | null): string | undefined {
  const isDay = text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
  return isDay ? text : undefined;
}

/** The moment when the day begins where the person is, or, `later`, one so many days after it. */
function toMidnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
