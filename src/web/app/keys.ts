import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { kept } from './kept.ts';
import { go, place } from './router.ts';

const store = kept('assay.keys');

/** Whether single keys do anything; a person may switch them off (WCAG 2.1.4). */
export const keysOn = signal(store.read() !== 'off');

export function switchKeys(on: boolean): void {
  keysOn.value = on;
  store.write(on ? null : 'off');
}

type Action = () => void;

/** What keys do now, the newest page or panel first. */
const layers: Readonly<Record<string, Action>>[] = [];

/** Gives keys a meaning while the caller is shown: `{ j: () => …, 'g s': () => … }`. */
export function useKeys(actions: Readonly<Record<string, Action>>): void {
  // With what is drawn, not after it: a key means what the page shows.
  useLayoutEffect(() => {
    layers.unshift(actions);
    return () => void layers.splice(layers.indexOf(actions), 1);
  });
}

/** The study of the present address, as it stands there. */
const studyPart = (): string | null => /^\/studies\/(?<study>[^/]+)/.exec(place.peek().path)?.groups?.['study'] ?? null;

const ofStudy = (page: string) => (): void => {
  const study = studyPart();
  if (study !== null) go(`/studies/${study}${page}`);
};

/** Keys of every page, each with what the help says of it. */
export const globalKeys: readonly (readonly [keys: string, what: string, action: Action])[] = [
  ['g s', 'Studies', () => go('/')],
  ['g o', 'Overview of the study', ofStudy('')],
  ['g t', 'Trials of the study', ofStudy('/trials')],
  ['g a', 'Analysis of the study', ofStudy('/analysis')],
  ['g c', 'Curves of the study', ofStudy('/curves')],
  ['g v', 'Validation of the study', ofStudy('/validation')],
  ['g m', 'Models', () => go('/models')],
];

/** A first key waits this long for the second. */
const pairMs = 1500;

/** Listens to single keys: none while a person types, none with a modifier, none under a dialog but Esc. */
export function listenToKeys(): void {
  let first: { readonly key: string; readonly at: number } | null = null;
  document.addEventListener('keydown', (event) => {
    if (!keysOn.value || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog') != null) return;
    const pair = first !== null && event.timeStamp - first.at < pairMs ? `${first.key} ${event.key}` : null;
    first = null;
    const action = (pair === null ? undefined : actionOf(pair)) ?? actionOf(event.key);
    if (action !== undefined) {
      event.preventDefault();
      action();
    } else if (event.key === 'g') first = { key: 'g', at: event.timeStamp };
  });
}

function actionOf(keys: string): Action | undefined {
  return layers.find((layer) => layer[keys] !== undefined)?.[keys] ?? globalKeys.find(([name]) => name === keys)?.[2];
}
