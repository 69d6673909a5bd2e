import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import { PlotCanvas } from './canvas.ts';
import { frameOf, outsideText, saidOn } from './frame.ts';
import { Legend } from './legend.tsx';
import { columnsOf, type Hit, idOf, type PlotAxis, type Series } from './marks.ts';
import { nearest, neighbour, type Picked } from './pick.ts';
import { scheme } from './theme.ts';
import './plot.css';

interface PlotProps {
  /** Says what is drawn to who does not see it. */
  readonly title: string;
  /** Drawn in this order; at most 2,000 points in all. A stable list is drawn once. */
  readonly series: readonly Series[];
  readonly axes: { readonly x: PlotAxis; readonly y: PlotAxis };
  /** In px. Default: 260. */
  readonly height?: number;
  /** A mark was clicked, or Enter pressed on it. */
  readonly onSelect?: ((hit: Hit) => void) | undefined;
  /** The mark under the pointer or the keyboard; null: none. */
  readonly onHover?: ((hit: Hit | null) => void) | undefined;
  /** What the tip says of a mark. Default: the name of the series and both values. */
  readonly tip?: ((hit: Hit) => ComponentChildren) | undefined;
  /** A part of the x axis was dragged over: its ends. The caller shows it; default: the plot does. */
  readonly onRange?: ((low: number, high: number) => void) | undefined;
  /** The trial that is chosen elsewhere on the page: its marks stand out. */
  readonly marked?: number | null | undefined;
}

const pickPx = 24;

/** Points and lines on two axes. The pointer or the arrow keys walk over them, a drag shows a part of the x axis. */
export function Plot({ title, series, axes, height = 260, onSelect, onHover, tip, onRange, marked }: PlotProps): VNode {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<PlotCanvas | null>(null);
  const [all, setAll] = useState(false);
  const [zoomed, setZoomed] = useState(false);
  const [picked, setPicked] = useState<Picked | null>(null);
  const [byKeys, setByKeys] = useState(false);
  const frame = useMemo(() => frameOf(series, axes, all), [series, axes, all]);
  const hit = picked === null ? null : hitOf(series, picked);

  const pick = (next: Picked | null, keys = false): void => {
    if (next?.series === picked?.series && next?.index === picked?.index) return;
    setPicked(next);
    setByKeys(keys);
    onHover?.(next === null ? null : hitOf(series, next));
  };
  // The canvas lives as long as the plot; what it calls is always that of the last drawing.
  const zoom = (part: readonly [number, number] | null): void => {
    if (part === null || onRange === undefined) {
      setZoomed(part !== null);
      return;
    }
    const { scale } = frame.x;
    canvas.current!.wholeRange();
    onRange(scale.invert(part[0]), scale.invert(part[1]));
  };
  const listeners = useRef({ pick, zoom, choose: () => {} });
  listeners.current = { pick, zoom, choose: () => hit !== null && onSelect?.(hit) };

  useEffect(() => {
    const made = new PlotCanvas(host.current!, { series, frame }, height, {
      onPointer: (at) => listeners.current.pick(at === null ? null : nearest(made.placed(), at.x, at.y, pickPx)),
      onClick: () => listeners.current.choose(),
      onZoom: (part) => listeners.current.zoom(part),
    });
    canvas.current = made;
    return () => made.destroy();
  }, [height]);
  const colours = scheme.value;
  useEffect(() => {
    // A mark of the old columns is none of the new ones.
    setPicked(null);
    canvas.current!.show({ series, frame });
  }, [series, frame, colours]);
  useEffect(() => {
    canvas.current!.emphasise(emphasisOf(series, hit, marked));
  }, [series, picked, marked, colours]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
      pick(neighbour(canvas.current!.placed(), picked, event.key === 'ArrowRight' ? 1 : -1), true);
    else if (event.key === 'Enter' && hit !== null) onSelect?.(hit);
    else if (event.key === 'Escape' && picked !== null) pick(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const outside = outsideText({ below: frame.x.below + frame.y.below, above: frame.x.above + frame.y.above });
  return (
    <div class="plot">
      <div class="plot-frame">
        <div
          class="plot-host"
          ref={host}
          role="img"
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk over its marks
          tabIndex={0}
          onKeyDown={onKeyDown}
          onBlur={() => byKeys && pick(null)}
        />
        {hit !== null && picked !== null && (
          <Tip canvas={canvas.current!} picked={picked}>
            {tip?.(hit) ?? said(series, axes, hit)}
          </Tip>
        )}
        <span class="visually-hidden" aria-live="polite">
          {hit !== null && byKeys ? said(series, axes, hit) : ''}
        </span>
      </div>
      <div class="plot-foot">
        <Legend series={series} />
        {(outside !== '' || all) && (
          <span class="plot-outside">
            <span class="muted">{outside}</span>
            <button type="button" class="small" aria-pressed={all} onClick={() => setAll(!all)}>
              Show all
            </button>
          </span>
        )}
        {zoomed && (
          <button type="button" class="small" onClick={() => canvas.current!.wholeRange()}>
            Whole range
          </button>
        )}
      </div>
    </div>
  );
}

function hitOf(series: readonly Series[], { series: at, index }: Picked): Hit | null {
  const one = series[at];
  if (one === undefined) return null;
  const { x, y } = columnsOf(one);
  return { series: at, index, id: idOf(one, index), x: x[0]?.[index] ?? Number.NaN, y: y[0]?.[index] ?? Number.NaN };
}

/** The default words of a mark. */
function said(series: readonly Series[], { x, y }: PlotProps['axes'], hit: Hit): string {
  const name = series[hit.series]?.name ?? '';
  return [name, `${x.label} ${saidOn(x, hit.x)}`, `${y.label} ${saidOn(y, hit.y)}`].filter((part) => part !== '').join(', ');
}

/** The marks that stand out: a line thicker, a point larger, in ink. */
function emphasisOf(series: readonly Series[], hit: Hit | null, marked: number | null | undefined): readonly Series[] {
  const found: Series[] = [];
  const wanted = new Set([hit?.id, marked ?? undefined].filter((id) => id !== undefined));
  for (const [at, one] of series.entries()) {
    if (one.kind === 'line' && one.id !== undefined && wanted.has(one.id)) found.push({ ...one, width: 3, opacity: 1 });
    if (one.kind !== 'points') continue;
    const indices = one.ids?.flatMap((id, i) => (wanted.has(id) ? [i] : [])) ?? [];
    if (hit?.series === at && !indices.includes(hit.index)) indices.push(hit.index);
    const at0 = { x: indices.map((i) => one.x[i]!), y: indices.map((i) => one.y[i]!) };
    if (indices.length > 0) found.push({ ...one, ...at0, ids: [], colour: 'var(--ink)', opacity: 1, size: (one.size ?? 7) + 4 });
  }
  const under = hit === null ? undefined : series[hit.series];
  if (hit !== null && under !== undefined && under.kind !== 'points')
    found.push({ kind: 'points', name: '', colour: 'var(--ink)', x: [hit.x], y: [hit.y], size: 8 });
  return found;
}

/** Words beside a mark, on the side where there is room. */
function Tip({ canvas, picked, children }: { canvas: PlotCanvas; picked: Picked; children: ComponentChildren }): VNode | null {
  const marks = canvas.placed()[picked.series];
  const [x, y] = [marks?.x[picked.index], marks?.y[picked.index]];
  if (x === undefined || y === undefined || Number.isNaN(x + y)) return null;
  const area = canvas.area();
  const right = x > area.width / 2;
  const low = y > area.height / 2;
  const place = `translate(${area.left + x + (right ? -12 : 12)}px, ${area.top + y + (low ? -8 : 8)}px)`;
  return (
    <div class="plot-tip" style={{ transform: `${place} translate(${right ? '-100%' : '0'}, ${low ? '-100%' : '0'})` }}>
      {children}
    </div>
  );
}
