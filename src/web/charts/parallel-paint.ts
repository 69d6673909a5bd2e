import { inkOf } from './theme.ts';

interface Lines {
  /** Where each line crosses each axis, in px below the top of the axes. */
  readonly crossed: readonly Float64Array[];
  /** Rank of each line from 0 to 1, the best. */
  readonly shares: Float64Array;
  readonly within: readonly boolean[];
  readonly pitch: number;
  readonly left: number;
  readonly top: number;
}

/** From the worst to the best: one hue whose contrast to the paper grows; the last is that of the best tenth. */
const shades = [14, 20, 27, 35, 45, 58, 100].map((share) => `color-mix(in srgb, var(--series-1) ${share}%, var(--raised))`);
const outside = 'color-mix(in srgb, var(--muted) 14%, var(--raised))';

/** Draws the lines, the best on top; `strong`: only these, thick and in ink. Sets the size of the canvas. */
export function paintLines(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  lines: Lines,
  strong?: readonly number[],
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  context.lineJoin = 'bevel';
  const { crossed, shares, within, pitch, left, top } = lines;
  // Only the axes in sight and their neighbours.
  const from = Math.max(0, Math.floor(-left / pitch));
  const to = Math.min(crossed.length - 1, Math.ceil((size.width - left) / pitch));
  const stroke = (chosen: readonly number[], colour: string, width: number): void => {
    context.strokeStyle = inkOf(colour);
    context.lineWidth = width;
    // One path a line: the time of a path grows faster than the number of its crossings.
    for (const line of chosen) {
      context.beginPath();
      for (let i = from; i <= to; i++) context.lineTo(left + i * pitch, top + crossed[i]![line]!);
      context.stroke();
    }
  };
  if (strong !== undefined) {
    stroke(strong, 'var(--ink)', 2.5);
    return;
  }
  const groups: number[][] = shades.map(() => []);
  const rest: number[] = [];
  for (let i = 0; i < shares.length; i++) {
    if (within[i] === true) groups[shadeOf(shares[i]!)]!.push(i);
    else rest.push(i);
  }
  stroke(rest, outside, 1);
  for (const [i, group] of groups.entries()) stroke(group, shades[i]!, 1);
}

function shadeOf(share: number): number {
  return share >= 0.9 ? shades.length - 1 : Math.floor((share / 0.9) * (shades.length - 1));
}
