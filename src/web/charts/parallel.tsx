import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ParallelChart } from '../../api/routes/charts/parallel.ts';
import { shortened } from './frame.ts';
import {
  axisTicks,
  type Brush,
  crossings,
  inside,
  missingLane,
  nearestLine,
  type ParallelAxis,
  parallelAxes,
  ranks,
} from './parallel-axes.ts';
import { AxisBrush } from './parallel-brush.tsx';
import { paintLines } from './parallel-paint.ts';
import { scheme } from './theme.ts';
import './parallel.css';

interface ParallelProps {
  readonly title: string;
  readonly chart: ParallelChart;
  readonly brush: Brush;
  /** `passing`: the pointer is still moving. */
  readonly onBrush: (brush: Brush, options: { readonly passing: boolean }) => void;
  /** Trials that are chosen on the page. */
  readonly selected?: ReadonlySet<number> | undefined;
  /** The trial under the pointer elsewhere on the page. */
  readonly marked?: number | null | undefined;
  readonly onHover?: ((trial: number | null) => void) | undefined;
  /** A line was clicked. */
  readonly onSelect?: ((trial: number) => void) | undefined;
  /** Of an axis, in px. Default: 240. */
  readonly height?: number | undefined;
}

/** Axes are this far apart, in px: what does not fit scrolls sideways. */
const leastPitch = 88;
const sideRoom = 56;
const topRoom = 30;
const pickPx = 8;

/** Parallel coordinates: a line a trial, an axis a parameter that varies, the value at the right. A drag along an axis chooses a part of it. */
export function Parallel(props: ParallelProps): VNode {
  const { title, chart, brush, onBrush, selected, marked, onHover, onSelect, height = 240 } = props;
  const box = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [scrolled, setScrolled] = useState(0);
  const [hovered, setHovered] = useState<number | null>(null);
  const axes = useMemo(() => parallelAxes(chart, height), [chart, height]);
  const crossed = useMemo(() => axes.map((axis) => crossings(axis, chart.number, height)), [axes]);
  const shares = useMemo(() => ranks(axes.at(-1)!.column, chart.direction), [axes]);
  const within = useMemo(() => inside(axes, brush, chart.number.length), [axes, brush]);
  const pitch = Math.max(leastPitch, axes.length > 1 ? (width - 2 * sideRoom) / (axes.length - 1) : 0);
  const wide = Math.max(width, 2 * sideRoom + pitch * (axes.length - 1));
  const tall = topRoom + height + missingLane + 12;
  const xOf = (i: number): number => sideRoom + i * pitch;
  const colours = scheme.value;
  const lines = { crossed, shares, within, pitch, left: sideRoom - scrolled, top: topRoom };

  useEffect(() => {
    const sizes = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    sizes.observe(box.current!);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    if (width > 0) paintLines(base.current!, { width, height: tall }, lines);
  }, [crossed, shares, within, width, tall, scrolled, colours]);
  useEffect(() => {
    const wanted = new Set([...(selected ?? []), ...(marked === null || marked === undefined ? [] : [marked])]);
    const strong = chart.number.flatMap((number, i) => (wanted.has(number) || i === hovered ? [i] : []));
    if (width > 0) paintLines(over.current!, { width, height: tall }, lines, strong);
  }, [crossed, width, tall, scrolled, colours, selected, marked, hovered]);

  const hover = (event: PointerEvent): void => {
    const { left, top } = box.current!.getBoundingClientRect();
    const x = (event.clientX - left + scrolled - sideRoom) / pitch;
    const at = Math.min(axes.length - 1, Math.max(0, Math.floor(x)));
    const found = nearestLine(crossed, { at, along: x - at, y: event.clientY - top - topRoom, radius: pickPx }, within);
    if (found === hovered) return;
    setHovered(found);
    onHover?.(found === null ? null : chart.number[found]!);
  };
  const kept = within.filter((each) => each).length;
  return (
    <div class="parallel">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: lines are chosen by keys in the table of trials; the axes take keys themselves */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
      <div
        class="parallel-scroll"
        ref={box}
        onScroll={() => setScrolled(box.current!.scrollLeft)}
        onPointerMove={hover}
        onPointerLeave={() => {
          setHovered(null);
          onHover?.(null);
        }}
        onClick={() => hovered !== null && onSelect?.(chart.number[hovered]!)}
      >
        <div class="parallel-room" style={{ width: `${wide}px`, height: `${tall}px` }}>
          <div class="parallel-canvas" role="img" aria-label={title} style={{ width: `${width}px` }}>
            <canvas ref={base} />
            <canvas ref={over} />
          </div>
          {axes.map((axis, i) => (
            <Axis
              key={axis.field}
              axis={axis}
              x={xOf(i)}
              height={height}
              brush={brush}
              onBrush={onBrush}
              missing={axis.column.some(Number.isNaN)}
            />
          ))}
        </div>
      </div>
      <p class="parallel-foot muted" aria-live="polite">
        {Object.keys(brush).length === 0 ? (
          'Drag along an axis to choose a part of it.'
        ) : (
          <>
            <span class="number">
              {kept} of {chart.number.length}
            </span>{' '}
            lines are inside.{' '}
            <button type="button" class="small" onClick={() => onBrush({}, { passing: false })}>
              Clear
            </button>
          </>
        )}
        {hovered !== null && <span class="parallel-hover">Trial {chart.number[hovered]}</span>}
      </p>
    </div>
  );
}

interface AxisProps {
  readonly axis: ParallelAxis;
  readonly x: number;
  readonly height: number;
  readonly missing: boolean;
  readonly brush: Brush;
  readonly onBrush: ParallelProps['onBrush'];
}

function Axis({ axis, x, height, missing, brush, onBrush }: AxisProps): VNode {
  const { [axis.field]: part, ...others } = brush;
  return (
    <div class="parallel-axis" style={{ transform: `translate(${x}px, ${topRoom}px)`, height: `${height}px` }}>
      <span class="parallel-name" title={axis.name}>
        {shortened(axis.name, 11)}
      </span>
      {axisTicks(axis).map(({ y, text }) => (
        <span key={y} class="parallel-tick number" style={{ top: `${y}px` }}>
          {text}
        </span>
      ))}
      {missing && (
        <span class="parallel-tick" style={{ top: `${height + missingLane}px` }} title={`trials without ${axis.name}`}>
          none
        </span>
      )}
      <AxisBrush
        axis={axis}
        height={height}
        part={part}
        onChange={(next, passing) => onBrush(next === null ? others : { ...others, [axis.field]: next }, { passing })}
      />
    </div>
  );
}
