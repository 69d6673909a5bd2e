import { type ReadonlySignal, signal } from '@preact/signals';

const changes = signal(0);
const known = new Map<string, string>();
let probe: HTMLElement | null = null;

/** Rises when colours change: the system's scheme, a person's choice (`data-theme`), forced colours. A canvas that reads it is drawn anew. */
export const scheme: ReadonlySignal<number> = changes;

function forget(): void {
  known.clear();
  changes.value++;
}

/** The colour that CSS makes of `colour` now (`var(--ink)` → `rgb(27, 29, 33)`): what a canvas can take. */
export function inkOf(colour: string): string {
  probe ??= watched();
  let ink = known.get(colour);
  if (ink === undefined) {
    probe.style.color = '';
    probe.style.color = colour;
    ink = getComputedStyle(probe).color;
    known.set(colour, ink);
  }
  return ink;
}

/** An element that takes colours, and the listeners that say when they change. */
function watched(): HTMLElement {
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) matchMedia(query).addEventListener('change', forget);
  new MutationObserver(forget).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const element = document.createElement('span');
  element.hidden = true;
  document.body.append(element);
  return element;
}
