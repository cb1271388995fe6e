import {
  countFilters,
  fitView,
  isNarrowed,
  readView,
  toFilter,
  toOrders,
  widenView,
  writeView,
} from '../../../src/portal/files/view.js';
import { viewOf } from './support.js';

const all = 'sort=name&q=two+words&in=space&type=image&scan=blocked&by=fal&from=2026-11-01&until=2026-11-21';

test('what is written into an address is read from it again', () => {
  const view = viewOf(all);
  expect(view).toEqual({
    orderBy: 'NAME',
    search: 'two words',
    isEverywhere: true,
    type: 'IMAGE',
    scanStatus: 'BLOCKED',
    provider: 'fal',
    from: '2026-11-01',
    until: '2026-11-21',
  });
  expect(readView(writeView(new URLSearchParams(), view))).toEqual(view);
});

test('a plain view leaves nothing in the address, and what is not the view stays there', () => {
  const params = new URLSearchParams('folder=f&file=a');
  expect(writeView(params, viewOf()).toString()).toBe('folder=f&file=a');
  expect(writeView(params, { search: 'plan' }).toString()).toBe('folder=f&file=a&q=plan');
});

test.each([
  'sort=upside-down',
  'q=+++',
  'type=hologram',
  'scan=maybe',
  'by=',
  'from=yesterday',
  'until=2026-13-45',
])('%s makes no sense and is left out', (parameters) => expect(viewOf(parameters)).toEqual(viewOf()));

test('a search that is longer than the service takes is cut', () => {
  expect(viewOf(`q=${'x'.repeat(500)}`).search).toHaveLength(200);
});

test('filters are counted, the days being one; any of them or a search looks beneath, too', () => {
  expect(countFilters(viewOf(all))).toBe(4);
  expect(isNarrowed(viewOf('sort=name'))).toBe(false);
  expect(isNarrowed(viewOf('q=plan'))).toBe(true);
  expect(isNarrowed(viewOf('until=2026-11-21'))).toBe(true);
  expect(isNarrowed(readView(widenView(new URLSearchParams(all))))).toBe(false);
});

test('the service is asked for the folder and all beneath, or for the whole space', () => {
  const place = { spaceId: 's', folderId: 'f' };
  expect(toFilter(place, viewOf('q=plan'))).toEqual({
    spaceId: 's',
    folderId: 'f',
    recursive: true,
    search: 'plan',
  });
  expect(toFilter(place, viewOf('q=plan&in=space'))).toEqual({ spaceId: 's', search: 'plan' });
  expect(toFilter({ spaceId: 's', folderId: undefined }, viewOf('type=audio&scan=clean&by=fal'))).toEqual({
    spaceId: 's',
    type: 'AUDIO',
    scanStatus: 'CLEAN',
    provider: 'fal',
  });
});

test('days are those of the person, from the first moment of one to the last of the other', () => {
  const { createdAfter, createdBefore } = toFilter(
    { spaceId: 's', folderId: undefined },
    viewOf('from=2026-11-20&until=2026-11-21'),
  );
  expect(createdAfter).toBe(new Date(2026, 10, 20).toISOString());
  expect(createdBefore).toBe(new Date(2026, 10, 22).toISOString());
});

describe('a memory', () => {
  const memory = { kind: 'memory', memoryUrn: 'm', agentUrn: 'a', isEncrypted: false } as const;
  const encrypted = { ...memory, isEncrypted: true };

  test('is looked through by words and kind, in any order, and by nothing else', () => {
    expect(fitView(memory, viewOf(all))).toEqual(viewOf('sort=name&q=two+words&type=image'));
    expect(toOrders(memory)).toEqual(['NEWEST', 'OLDEST', 'NAME', 'LARGEST']);
  });

  test('that is encrypted is not looked through by words, nor in the order of names', () => {
    expect(fitView(encrypted, viewOf(all))).toEqual(viewOf('type=image'));
    expect(fitView(encrypted, viewOf('sort=largest&q=plan'))).toEqual(viewOf('sort=largest'));
    expect(toOrders(encrypted)).toEqual(['NEWEST', 'OLDEST', 'LARGEST']);
  });

  test('takes nothing from a space', () => {
    const space = { kind: 'space', spaceId: 's', folderId: undefined } as const;
    expect(fitView(space, viewOf(all))).toEqual(viewOf(all));
    expect(toOrders(space)).toEqual(toOrders(memory));
  });
});
