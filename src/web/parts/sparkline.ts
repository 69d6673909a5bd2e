/**
 * The path of a rising or falling line through `y` at `x` in a box of this width and height: steps, as the best so far has them. Empty for
 * no finite point.
 * @param end where the box ends, in units of `x`: the last value holds until there
 */
export function stepPath(x: readonly (number | null)[], y: readonly (number | null)[], end: number, width: number, height: number): string {
  const points = x.flatMap((at, i) => {
    const value = y[i] ?? null;
    return at !== null && value !== null && Number.isFinite(value) ? [[at, value] as const] : [];
  });
  const last = points.at(-1);
  if (last === undefined) return '';
  const [x0, x1] = [points[0]![0], Math.max(last[0], end)];
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const place = (value: number, from: number, to: number, size: number): number =>
    to === from ? size / 2 : ((value - from) / (to - from)) * size;
  const across = (value: number): string => (x1 === x0 ? 0 : place(value, x0, x1, width)).toFixed(1);
  const up = (value: number): string => (height - 1 - place(value, low, high, height - 2)).toFixed(1);
  const [first, ...rest] = points;
  const steps = rest.map(([at, value]) => `H${across(at)}V${up(value)}`).join('');
  return `M${across(first![0])} ${up(first![1])}${steps}H${width}`;
}
