import { makeStore } from './store.js';

export const themes = ['system', 'light', 'dark'] as const;
export type ThemeName = (typeof themes)[number];

const storageKey = 'askfile.theme';

/** Light, dark, or as the system has it; kept for the next visit. The styles follow `data-theme`. */
export function makeTheme(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  element: { readonly dataset: DOMStringMap },
) {
  const kept = storage.getItem(storageKey);
  const store = makeStore<ThemeName>(themes.find((name) => name === kept) ?? 'system');
  const show = () => {
    element.dataset['theme'] = store.get();
  };
  show();
  return {
    ...store,
    set(name: ThemeName): void {
      store.set(name);
      storage.setItem(storageKey, name);
      show();
    },
  };
}

export type Theme = ReturnType<typeof makeTheme>;
