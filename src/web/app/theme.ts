import { effect, signal } from '@preact/signals';
import { kept } from './kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const store = kept('assay.theme');
const found = store.read();

/** The scheme of the pages: the system's, unless a person chose. */
export const theme = signal<Theme>(themes.find((name) => name === found) ?? 'system');

/** Puts the theme on the document now and at each change. */
export function applyTheme(): void {
  effect(() => {
    const { value } = theme;
    if (value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = value;
    store.write(value === 'system' ? null : value);
  });
}
