import { useSyncExternalStore } from 'react';
import { remembered, useRemembered } from './remembered.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

// public/theme-boot.js reads the same key before the first paint.
const choice = remembered<ThemeChoice>('sightline.theme', (text) =>
  text === 'light' || text === 'dark' ? text : 'system',
);
const systemDark = matchMedia('(prefers-color-scheme: dark)');

export function useThemeChoice(): [ThemeChoice, (choice: ThemeChoice) => void] {
  const [current, remember] = useRemembered(choice);
  return [
    current,
    (next) => {
      if (next === 'system') delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = next;
      remember(next);
    },
  ];
}

/** The theme that shows: canvases need it, everything else follows CSS's `light-dark()`. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => {
    const current = choice.read();
    if (current !== 'system') return current;
    return systemDark.matches ? 'dark' : 'light';
  });
}

function subscribe(listener: () => void): () => void {
  const unsubscribe = choice.subscribe(listener);
  systemDark.addEventListener('change', listener);
  return () => {
    unsubscribe();
    systemDark.removeEventListener('change', listener);
  };
}
