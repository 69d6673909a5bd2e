import { areaOpacity, type Marker, type MarkerShape, markerPath } from '../../plot/palette.ts';
import type { Band, Cells, Line, Points, Series, Spans } from './marks.ts';
import { shadeInk } from './shades.ts';

/** The plot's area in px of the canvas, and its scales in the same px. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Px of the canvas for one of CSS. */
  readonly ratio: number;
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
}

type Context = CanvasRenderingContext2D;

const edgeTick = 7;
const fullCircle: Marker = { shape: 'circle', filled: true };
const ring: Marker = { shape: 'circle', filled: false };

/** Draws a series; what is off the scale becomes a tick on the edge. `ink` resolves colours. */
export function paint(context: Context, area: Area, series: Series, ink: (colour: string) => string): void {
  context.save();
  context.beginPath();
  context.rect(area.left - 1, area.top - 1, area.width + 2, area.height + 2);
  context.clip();
  context.strokeStyle = ink(series.colour);
  context.fillStyle = context.strokeStyle;
  context.lineWidth = 1.5 * area.ratio;
  if (series.kind === 'points') paintPoints(context, area, series);
  else if (series.kind === 'line') paintLine(context, area, series);
  else if (series.kind === 'band') paintBand(context, area, series);
  else if (series.kind === 'cells') paintCells(context, area, series, ink);
  else if (series.kind === 'spans') paintSpans(context, area, series, ink);
  else if (series.kind === 'whiskers') {
    context.beginPath();
    series.x.forEach((x, i) => {
      vertical(context, area, x, series.low[i]!, series.high[i]!);
    });
    context.stroke();
  } else if (series.kind === 'bars') {
    context.globalAlpha = areaOpacity;
    const floor = area.toY(series.base ?? 0);
    series.x0.forEach((x0, i) => {
      const [from, to, top] = [area.toX(x0), area.toX(series.x1[i]!), area.toY(series.y[i]!)];
      // A px of air between neighbours; a bar that is narrower than that is drawn without.
      const width = Math.abs(to - from);
      context.fillRect(
        Math.min(from, to),
        Math.min(top, floor),
        Math.max(width - area.ratio, Math.min(width, area.ratio)),
        Math.abs(floor - top),
      );
    });
  } else {
    context.setLineDash((series.dash ?? [4, 4]).map((length) => length * area.ratio));
    context.beginPath();
    if (series.on === 'y') {
      const y = area.toY(series.at);
      context.moveTo(area.left, y);
      context.lineTo(area.left + area.width, y);
    } else vertical(context, area, series.at, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    context.stroke();
  }
  context.restore();
}

function vertical(context: Context, { top, height, toX, toY }: Area, x: number, low: number, high: number): void {
  const within = (y: number): number => Math.min(top + height, Math.max(top, y));
  context.moveTo(toX(x), within(low === Number.NEGATIVE_INFINITY ? top + height : toY(low)));
  context.lineTo(toX(x), within(high === Number.POSITIVE_INFINITY ? top : toY(high)));
}

function paintPoints(context: Context, area: Area, { x, y, marker = fullCircle, size = 7, opacity = 1 }: Points): void {
  context.globalAlpha = opacity;
  const half = (size * area.ratio) / 2;
  const [top, bottom] = [area.top, area.top + area.height];
  for (let i = 0; i < x.length; i++) {
    const px = area.toX(x[i]!);
    const py = edgeOf(y[i]!, area);
    if (Number.isNaN(px) || Number.isNaN(py)) continue;
    if (py < top || py > bottom) {
      const edge = py < top ? top : bottom;
      context.beginPath();
      context.moveTo(px, edge);
      context.lineTo(px, edge + (py < top ? 1 : -1) * edgeTick * area.ratio);
      context.stroke();
    } else paintMarker(context, marker, px, py, half);
  }
}

/** A value's place; one that a scale has no place for lies beyond the edge on its side. */
export function edgeOf(y: number, { top, height, toY }: Pick<Area, 'top' | 'height' | 'toY'>): number {
  if (Number.isNaN(y)) return Number.NaN;
  if (y === Number.POSITIVE_INFINITY) return top - 2;
  const place = toY(y);
  return Number.isFinite(place) ? place : top + height + 2;
}

const outlines = new Map<string, Path2D>();

/** Draws a marker. @param radius in px of the canvas */
export function paintMarker(context: Context, { shape, filled }: Marker, x: number, y: number, radius: number): void {
  context.translate(x, y);
  if (filled) context.fill(outlineOf(shape, radius));
  else context.stroke(outlineOf(shape, radius));
  context.translate(-x, -y);
}

function outlineOf(shape: MarkerShape, radius: number): Path2D {
  const key = `${shape} ${radius}`;
  let path = outlines.get(key);
  if (path === undefined) {
    path = new Path2D(markerPath(shape, radius));
    outlines.set(key, path);
  }
  return path;
}

function paintLine(context: Context, area: Area, { x, y, dash = [], width = 1.5, steps = false, opacity = 1, end }: Line): void {
  const { ratio } = area;
  context.globalAlpha = opacity;
  context.lineWidth = width * ratio;
  context.lineJoin = 'round';
  context.setLineDash(dash.map((length) => length * ratio));
  context.beginPath();
  let last: readonly [number, number] | null = null;
  let alone = false;
  const dots: (readonly [number, number])[] = [];
  for (let i = 0; i <= x.length; i++) {
    const px = i < x.length ? area.toX(x[i]!) : Number.NaN;
    const py = i < x.length ? edgeOf(y[i]!, area) : Number.NaN;
    if (Number.isNaN(px) || Number.isNaN(py)) {
      // A value between two holes has no line: it is a dot.
      if (alone && last !== null) dots.push(last);
      alone = false;
      if (i < x.length) last = null;
      continue;
    }
    if (last === null) {
      context.moveTo(px, py);
      alone = true;
    } else {
      if (steps) context.lineTo(px, last[1]);
      context.lineTo(px, py);
      alone = false;
    }
    last = [px, py];
  }
  context.stroke();
  context.setLineDash([]);
  for (const [px, py] of dots) paintMarker(context, fullCircle, px, py, 2 * ratio);
  if (last === null || end === undefined) return;
  if (end === 'open') paintMarker(context, ring, last[0], last[1], 3 * ratio);
  else {
    context.beginPath();
    context.moveTo(last[0], last[1] - 5 * ratio);
    context.lineTo(last[0], last[1] + 5 * ratio);
    context.stroke();
  }
}

function paintCells(context: Context, { toX, toY }: Area, { x0, x1, y0, y1, shade, colour }: Cells, ink: (colour: string) => string): void {
  for (let i = 0; i < x0.length; i++) {
    const [left, right, top, bottom] = [toX(x0[i]!), toX(x1[i]!), toY(y1[i]!), toY(y0[i]!)];
    context.fillStyle = ink(shadeInk(colour, shade[i]!));
    // Rounded to whole px, so that no seam shows between neighbours.
    context.fillRect(Math.round(left), Math.round(top), Math.round(right) - Math.round(left), Math.round(bottom) - Math.round(top));
  }
}

/** A bar is at least this wide, so that a short one is seen. */
const leastSpan = 2;

function paintSpans(
  context: Context,
  { toX, toY, ratio, left, width }: Area,
  { x0, x1, y, ids, look }: Spans,
  ink: (colour: string) => string,
): void {
  const height = Math.abs(toY(0) - toY(1)) * 0.7;
  const solid = look === 'solid' || look === 'open';
  const letters = ink(solid ? 'var(--raised)' : 'var(--ink)');
  const own = context.fillStyle;
  context.font = `${11 * ratio}px ui-monospace, monospace`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineWidth = ratio;
  context.setLineDash(look === 'dashed' ? [3 * ratio, 2 * ratio] : []);
  for (let i = 0; i < x0.length; i++) {
    const from = Math.max(left - 2, toX(x0[i]!));
    const to = Math.min(left + width + 2, toX(x1[i]!));
    const top = toY(y[i]!) - height / 2;
    const wide = Math.max(to - from, leastSpan * ratio);
    context.fillStyle = own;
    if (solid) context.fillRect(from, top, wide - (wide > 4 * ratio ? ratio : 0), height);
    else context.strokeRect(from + ratio / 2, top + ratio / 2, Math.max(wide - ratio, ratio), height - ratio);
    const text = `#${ids[i]!}`;
    context.fillStyle = letters;
    if (height >= 10 * ratio && wide > (text.length * 7 + 6) * ratio) context.fillText(text, from + 4 * ratio, toY(y[i]!));
  }
}

function paintBand(context: Context, area: Area, { x, low, high, opacity = areaOpacity }: Band): void {
  context.globalAlpha = opacity;
  const within = (place: number): number => Math.min(area.top + area.height, Math.max(area.top, place));
  let from = 0;
  for (let i = 0; i <= x.length; i++) {
    if (i < x.length && ![x[i]!, low[i]!, high[i]!].some(Number.isNaN)) continue;
    if (i - from > 1) {
      context.beginPath();
      for (let k = from; k < i; k++) context.lineTo(area.toX(x[k]!), within(edgeOf(high[k]!, area)));
      for (let k = i - 1; k >= from; k--) context.lineTo(area.toX(x[k]!), within(edgeOf(low[k]!, area)));
      context.fill();
    }
    from = i + 1;
  }
}
