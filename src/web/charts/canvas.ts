import uPlot from 'uplot';
import { type Frame, type Tick, ticksOf } from './frame.ts';
import { columnsOf, type Series } from './marks.ts';
import { edgeOf, paint } from './paint.ts';
import type { Placed } from './pick.ts';
import { inkOf } from './theme.ts';

/** What a canvas shows. */
export interface Scene {
  readonly series: readonly Series[];
  readonly frame: Frame;
}

interface Listeners {
  readonly onPointer: (at: { readonly x: number; readonly y: number } | null) => void;
  readonly onClick: () => void;
  /** A part of the x axis is shown, in shares of the whole; null: all of it. */
  readonly onZoom: (part: readonly [number, number] | null) => void;
}

/** A press that moves less than this is a click, and one that moves more chooses a part. */
const clickPx = 4;
/** A row of an axis of rows is at least this high. */
const rowPx = 14;

/**
 * The drawn part of a plot. uPlot lays out axes, keeps the canvas sharp and zooms; it sees the unit interval on both axes, so that every
 * kind of scale is that of src/plot.
 */
export class PlotCanvas {
  readonly #plot: uPlot;
  readonly #over: HTMLCanvasElement;
  readonly #sizes: ResizeObserver;
  #scene: Scene;
  #ticks: { x: readonly Tick[]; y: readonly Tick[] } = { x: [], y: [] };
  #emphasised: readonly Series[] = [];

  constructor(host: HTMLElement, scene: Scene, height: number, listeners: Listeners) {
    this.#scene = scene;
    this.#over = document.createElement('canvas');
    this.#over.className = 'plot-emphasis';
    this.#plot = new uPlot(this.#options(host, height, listeners), [[0, 1]], host);
    this.#plot.over.append(this.#over);
    this.#listen(listeners);
    this.#sizes = new ResizeObserver(() => {
      if (host.clientWidth > 0) this.#plot.setSize({ width: host.clientWidth, height });
    });
    this.#sizes.observe(host);
  }

  show(scene: Scene): void {
    this.#scene = scene;
    this.#plot.redraw(false, true);
  }

  /** Draws these over the others; nothing else is drawn anew. */
  emphasise(series: readonly Series[]): void {
    this.#emphasised = series;
    this.#drawOver();
  }

  wholeRange(): void {
    this.#plot.setScale('x', { min: 0, max: 1 });
  }

  /** Where the marks lie, in px of the plot's area; those off the y scale at its edge. */
  placed(): readonly Placed[] {
    const { width, height } = this.#plot.over.getBoundingClientRect();
    const toX = this.#along('x', 0, width);
    const toY = this.#along('y', height, -height);
    const edge = (y: number): number => Math.min(height, Math.max(0, edgeOf(y, { top: 0, height, toY })));
    return this.#scene.series.map((series) => {
      if (series.kind === 'bars')
        return { x: series.x0.map((x0, i) => (toX(x0) + toX(series.x1[i]!)) / 2), y: series.y.map((y) => edge(y)) };
      if (series.kind === 'spans')
        return {
          x: series.x0.map((x0, i) => (Math.max(0, toX(x0)) + Math.min(width, toX(series.x1[i]!))) / 2),
          y: series.y.map((y) => toY(y)),
        };
      if (series.kind === 'cells')
        return {
          x: series.x0.map((x0, i) => (toX(x0) + toX(series.x1[i]!)) / 2),
          y: series.y0.map((y0, i) => (toY(y0) + toY(series.y1[i]!)) / 2),
        };
      if (series.kind !== 'points' && series.kind !== 'line') return null;
      const { x, y } = columnsOf(series);
      return { x: x[0]!.map((each) => shown(toX(each), width)), y: y[0]!.map(edge) };
    });
  }

  /** The plot's area within its host, in px of CSS. */
  area(): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
    const { left, top, width, height } = this.#plot.bbox;
    const ratio = uPlot.pxRatio;
    return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  }

  destroy(): void {
    this.#sizes.disconnect();
    this.#plot.destroy();
  }

  #along(which: 'x' | 'y', start: number, length: number): (value: number) => number {
    const { min, max } = this.#plot.scales[which]!;
    const { scale } = this.#scene.frame[which];
    return (value) => start + ((scale(value) - min!) / (max! - min!)) * length;
  }

  #drawAll(): void {
    const { ctx, bbox } = this.#plot;
    const area = this.#areaOf(bbox.left, bbox.top, bbox.width, bbox.height);
    for (const series of this.#scene.series) paint(ctx, area, series, inkOf);
    this.#drawOver();
  }

  #drawOver(): void {
    const { width, height } = this.#plot.bbox;
    this.#over.width = width;
    this.#over.height = height;
    const context = this.#over.getContext('2d');
    if (context === null) return;
    const area = this.#areaOf(0, 0, width, height);
    for (const series of this.#emphasised) paint(context, area, series, inkOf);
  }

  #areaOf(left: number, top: number, width: number, height: number) {
    const toX = this.#along('x', left, width);
    const toY = this.#along('y', top + height, -height);
    return { left, top, width, height, ratio: uPlot.pxRatio, toX, toY };
  }

  #options(host: HTMLElement, height: number, { onZoom }: Listeners): uPlot.Options {
    const family = getComputedStyle(host).fontFamily;
    const still = (_: uPlot, min: number, max: number): uPlot.Range.MinMax => [min, max];
    const axis = (which: 'x' | 'y', pxForOne: number): uPlot.Axis => ({
      scale: which,
      font: `12px ${family}`,
      labelFont: `12px ${family}`,
      label: () => this.#scene.frame[which].axis.label,
      labelSize: 20,
      gap: 4,
      stroke: () => inkOf('var(--muted)'),
      grid: { stroke: () => inkOf('var(--line)'), width: 1 },
      ticks: { stroke: () => inkOf('var(--line)'), width: 1, size: 4 },
      splits: (plot, _i, min, max) => {
        const px = which === 'x' ? plot.bbox.width : plot.bbox.height;
        this.#ticks[which] = ticksOf(
          this.#scene.frame[which],
          [min, max],
          Math.floor(px / uPlot.pxRatio / (this.#scene.frame[which].axis.rows === true ? rowPx : pxForOne)),
        );
        return this.#ticks[which].map(({ at }) => at);
      },
      filter: (_plot, splits) => splits,
      values: () => this.#ticks[which].map(({ label }) => label),
    });
    return {
      width: Math.max(host.clientWidth, 120),
      height,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: false, dist: clickPx } },
      scales: { x: { time: false, auto: false, min: 0, max: 1, range: still }, y: { auto: false, min: 0, max: 1, range: still } },
      series: [{}],
      axes: [
        { ...axis('x', 90), size: 28 },
        { ...axis('y', 36), size: (plot, values) => sizeFor(plot, values, family) },
      ],
      hooks: {
        draw: [() => this.#drawAll()],
        setScale: [
          (plot, key) => {
            const { min, max } = plot.scales[key]!;
            if (key === 'x') onZoom(min === 0 && max === 1 ? null : [min!, max!]);
          },
        ],
      },
    };
  }

  #listen({ onPointer, onClick }: Listeners): void {
    const { over } = this.#plot;
    let pressed: readonly [number, number] | null = null;
    over.addEventListener('pointermove', (event) => onPointer({ x: event.offsetX, y: event.offsetY }));
    over.addEventListener('pointerleave', () => onPointer(null));
    over.addEventListener('pointerdown', (event) => {
      pressed = [event.clientX, event.clientY];
      onPointer({ x: event.offsetX, y: event.offsetY });
    });
    over.addEventListener('click', (event) => {
      if (pressed !== null && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < clickPx) onClick();
    });
  }
}

/** A place outside of the shown part is none: it is neither drawn nor picked. */
const shown = (px: number, width: number): number => (px >= -1 && px <= width + 1 ? px : Number.NaN);

/** Width that the labels of the y axis take. */
function sizeFor({ ctx }: uPlot, values: readonly string[] | null, family: string): number {
  const longest = (values ?? []).reduce((longest, each) => (each.length > longest.length ? each : longest), '');
  ctx.save();
  ctx.font = `${12 * uPlot.pxRatio}px ${family}`;
  const { width } = ctx.measureText(longest);
  ctx.restore();
  return Math.ceil(width / uPlot.pxRatio) + 14;
}
