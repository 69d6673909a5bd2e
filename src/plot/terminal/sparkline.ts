import { extentOf } from '../ticks.ts';

const levels = '▁▂▃▄▅▆▇█';

/** A curve in one line of at most `width` characters, each the last number of its stretch; a blank where there is no finite one. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const n = Math.min(values.length, width);
  const last = Array.from({ length: n }, (_, i) => values[Math.floor(((i + 1) * values.length) / n) - 1]!);
  const extent = extentOf(last);
  if (extent === null) return ' '.repeat(n);
  const [low, high] = extent;
  const level = (x: number): number => (low === high ? 3 : Math.min(7, Math.floor(8 * ((x / 2 - low / 2) / (high / 2 - low / 2)))));
  return last.map((x) => (x === null || !Number.isFinite(x) ? ' ' : levels[level(x)]!)).join('');
}
