import { kept } from '../../app/kept.ts';

/** A filter, an order and columns under a name. */
export interface SavedView {
  readonly name: string;
  /** The query of its address. */
  readonly query: string;
}

/** Keys of an address that belong to a moment, not to a view. */
const passing = ['sel', 'open', 'brush'];
export const longestName = 60;

/** The query of a view: that of the address without what is selected or open. */
export function viewQuery(query: URLSearchParams): string {
  const own = new URLSearchParams(query);
  for (const key of passing) own.delete(key);
  return own.toString();
}

/** The views with one more, under a name that no other has, in the order of their names. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  const others = views.filter(({ name }) => name !== view.name);
  return [...others, view].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Views as they were kept; what cannot be read is none. */
export function readViews(text: string | null): readonly SavedView[] {
  try {
    const given: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(given) ? given.filter(isView) : [];
  } catch {
    // Not JSON: another program wrote it, or a part of it was lost.
    return [];
  }
}

function isView(given: unknown): given is SavedView {
  if (typeof given !== 'object' || given === null) return false;
  const { name, query } = given as Partial<Record<keyof SavedView, unknown>>;
  return typeof name === 'string' && name !== '' && typeof query === 'string';
}

/** Where this browser keeps the views of a study. */
export const viewsOf = (study: string): ReturnType<typeof kept> => kept(`assay-views:${study}`);
