import { type ReadonlySignal, signal } from '@preact/signals';

/** Where the browser is. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const read = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });
const current = signal<Place>(read());

/** The place that is shown now; changes with links, orders of `go` and the browser's back and forward. */
export const place: ReadonlySignal<Place> = current;

/** Goes to an address of this server. `replace` keeps it out of the history: for what changes while a pointer moves. */
export function go(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  current.value = read();
}

/** Follows links within the app without a reload; leaves those that a person opens elsewhere, and files, to the browser. */
export function followLinks(): void {
  addEventListener('popstate', () => (current.value = read()));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash !== '') return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** The parts of `path` where `pattern` (`/studies/:study`) has names, decoded; null where it does not fit. */
export function match(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/(?<=.)\/$/, '').split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) {
      const text = decode(given[i]!);
      if (text === null) return null;
      found[part.slice(1)] = text;
    } else if (part !== given[i]) return null;
  }
  return found;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that begins no code: no page has such an address.
    return null;
  }
}
