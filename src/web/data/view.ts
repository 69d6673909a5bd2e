import { useRef } from 'preact/hooks';
import { go, place } from '../app/router.ts';
import { type Codec, longestQuery } from './codec.ts';

interface View<Kept> {
  readonly view: Kept;
  /** What of the address could not be used, one sentence each. */
  readonly notes: readonly string[];
  /**
   * Changes a part of the view and with it the address. `passing`: for what changes while a pointer moves; it makes no step of the history
   * and is written at most twice a second. Returns false, and changes nothing, where the address would get too long to send to anybody.
   */
  readonly change: (part: Partial<Kept>, options?: { readonly passing?: boolean }) => boolean;
}

const passingMs = 500;

/** The view of the page in its address, read and written through the page's codec. */
export function useView<Kept extends object>(codec: Codec<Kept>): View<Kept> {
  const { path, query } = place.value;
  const { view, notes } = codec.parse(query);
  const waiting = useRef<{ readonly timer: ReturnType<typeof setTimeout>; part: Partial<Kept> } | null>(null);
  const addressWith = (part: Partial<Kept>): string | null => {
    const present = place.peek();
    const next = codec.format({ ...codec.parse(present.query).view, ...part }, present.query).toString();
    if (next.length > longestQuery) return null;
    return next === '' ? present.path : `${present.path}?${next}`;
  };
  const change: View<Kept>['change'] = (part, { passing = false } = {}) => {
    const waited = waiting.current;
    const whole = { ...waited?.part, ...part };
    const address = addressWith(whole);
    if (address === null) return false;
    if (!passing) {
      if (waited !== null) clearTimeout(waited.timer);
      waiting.current = null;
      go(address);
    } else if (waited !== null) waited.part = whole;
    else {
      go(address, { replace: true });
      const timer = setTimeout(() => {
        const last = waiting.current?.part ?? {};
        waiting.current = null;
        // The person may have gone elsewhere in the meantime.
        const late = location.pathname === path ? addressWith(last) : null;
        if (late !== null && late !== location.pathname + location.search) go(late, { replace: true });
      }, passingMs);
      waiting.current = { timer, part: {} };
    }
    return true;
  };
  return { view, notes, change };
}
