import { type Marker, stateMarkers } from '../../plot/palette.ts';
import { at, places } from './columns.ts';
import type { Colour, Points } from './marks.ts';

/** States of trials as the charts of the API write them. */
export type StateLetter = 'c' | 'i' | 'p' | 'f' | 'r' | 'w' | 'x';

/** States by which charts are filtered; queued trials have nothing to draw. */
export const chartStates = ['complete', 'pruned', 'failed', 'running', 'paused', 'cancelled'] as const;
export type ChartState = (typeof chartStates)[number];

interface StateLook {
  readonly name: string;
  readonly colour: Colour;
  readonly marker: Marker;
}

/** How each state looks: the shapes and colours of the marks beside words. */
export const stateLooks: Readonly<Record<StateLetter, StateLook>> = {
  c: { name: 'complete', colour: 'var(--ink)', marker: stateMarkers.complete },
  i: { name: 'infeasible', colour: 'var(--warn)', marker: stateMarkers.infeasible },
  p: { name: 'pruned', colour: 'var(--muted)', marker: stateMarkers.pruned },
  f: { name: 'failed', colour: 'var(--fail)', marker: stateMarkers.failed },
  r: { name: 'running', colour: 'var(--accent)', marker: stateMarkers.running },
  w: { name: 'paused', colour: 'var(--warn)', marker: { shape: 'square', filled: false } },
  x: { name: 'cancelled', colour: 'var(--muted)', marker: { shape: 'triangle', filled: false } },
};

/** Drawn in this order: what matters most lies on top. */
const drawOrder: readonly StateLetter[] = ['x', 'f', 'p', 'i', 'w', 'c', 'r'];

/** Points of trials, one series a state that occurs. */
export function pointsByState(
  { x, y, number, state }: { x: readonly number[]; y: readonly number[]; number: readonly number[]; state: readonly StateLetter[] },
  { size = 6 }: { readonly size?: number } = {},
): readonly Points[] {
  return drawOrder.flatMap((letter): readonly Points[] => {
    const indices = places(state, (each) => each === letter);
    if (indices.length === 0) return [];
    const columns = { x: at(x, indices), y: at(y, indices), ids: at(number, indices) };
    return [{ kind: 'points', ...stateLooks[letter], ...columns, size, opacity: letter === 'c' ? 0.7 : 1 }];
  });
}
