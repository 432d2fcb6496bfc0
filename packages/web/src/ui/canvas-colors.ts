import { useMemo } from 'react';
import { type Theme, useTheme } from '../state/theme.ts';

/** The tokens of styles/tokens.css that canvases paint with, resolved for the theme that shows. */
export interface CanvasColors {
  readonly theme: Theme;
  readonly surface: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly line: string;
  readonly error: string;
  readonly accent: string;
}

export function useCanvasColors(): CanvasColors {
  const theme = useTheme();
  return useMemo(() => readColors(theme), [theme]);
}

/** A canvas cannot resolve `light-dark()`; an element can. */
function readColors(theme: Theme): CanvasColors {
  const probe = document.createElement('span');
  document.body.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    theme,
    surface: read('--surface'),
    ink: read('--ink'),
    ink2: read('--ink-2'),
    ink3: read('--ink-3'),
    line: read('--line'),
    error: read('--error'),
    accent: read('--accent'),
  };
  probe.remove();
  return colors;
}
