import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { value } from '../../plot/format.ts';
import { type Interval, intervalOf, type ParallelAxis } from './parallel-axes.ts';

interface AxisBrushProps {
  readonly axis: ParallelAxis;
  readonly height: number;
  readonly part: Interval | undefined;
  /** Null: the whole axis. */
  readonly onChange: (part: Interval | null, passing: boolean) => void;
}

/** A press that moves less than this many px chooses nothing: it clears. */
const leastDrag = 3;
/** Steps of the arrow keys over an axis of numbers. */
const steps = 50;

/** The chosen part of an axis: dragged by the pointer, or its two ends moved by arrow keys. */
export function AxisBrush({ axis, height, part, onChange }: AxisBrushProps): VNode {
  const pressed = useRef<{ readonly at: number; moved: boolean } | null>(null);
  const [bottom, top] = part === undefined ? [height, 0] : [clamp(edge(axis, part[0], -1), height), clamp(edge(axis, part[1], 1), height)];
  const placeOf = (event: PointerEvent): number =>
    clamp(event.clientY - (event.currentTarget as Element).getBoundingClientRect().top, height);
  const drag = (event: PointerEvent, passing: boolean): void => {
    const press = pressed.current;
    if (press === null) return;
    const place = placeOf(event);
    if (Math.abs(place - press.at) >= leastDrag) press.moved = true;
    if (!press.moved) return;
    const next = intervalOf(axis, press.at, place);
    if (next[0] <= next[1]) onChange(next, passing);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the sliders at its ends take the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same */}
      <div
        class="parallel-track"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          (event.currentTarget as Element).setPointerCapture(event.pointerId);
          pressed.current = { at: placeOf(event), moved: false };
        }}
        onPointerMove={(event) => {
          if (pressed.current === null) return;
          event.stopPropagation();
          drag(event, true);
        }}
        onPointerUp={(event) => {
          drag(event, false);
          if (pressed.current?.moved === false && part !== undefined) onChange(null, false);
          pressed.current = null;
        }}
        onClick={(event) => event.stopPropagation()}
      />
      <div class={`parallel-part${part === undefined ? '' : ' is-chosen'}`} style={{ top: `${top}px`, height: `${bottom - top}px` }} />
      <End axis={axis} which="low" place={bottom} part={part} onChange={onChange} />
      <End axis={axis} which="high" place={top} part={part} onChange={onChange} />
    </>
  );
}

interface EndProps extends Pick<AxisBrushProps, 'axis' | 'part' | 'onChange'> {
  readonly which: 'low' | 'high';
  readonly place: number;
}

/** One end of a chosen part, moved by arrow keys; Home and End go to the ends of the axis, Escape chooses all of it. */
function End({ axis, which, place, part, onChange }: EndProps): VNode {
  const whole = wholeOf(axis);
  const [low, high] = part ?? whole;
  const now = which === 'low' ? low : high;
  const move = (next: number): void => {
    const within = Math.min(whole[1], Math.max(whole[0], next));
    const moved: Interval = which === 'low' ? [Math.min(within, high), high] : [low, Math.max(within, low)];
    onChange(moved[0] === whole[0] && moved[1] === whole[1] ? null : moved, false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const targets: Readonly<Record<string, () => void>> = {
      ArrowUp: () => move(stepped(axis, now, 1)),
      ArrowDown: () => move(stepped(axis, now, -1)),
      Home: () => move(whole[0]),
      End: () => move(whole[1]),
      Escape: () => onChange(null, false),
    };
    const target = targets[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey || (event.key === 'Escape' && part === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    target();
  };
  return (
    <div
      class="parallel-end"
      role="slider"
      tabIndex={0}
      aria-label={`${axis.name}, ${which === 'low' ? 'lower' : 'upper'} end`}
      aria-orientation="vertical"
      aria-valuemin={whole[0]}
      aria-valuemax={whole[1]}
      aria-valuenow={now}
      aria-valuetext={axis.labels === undefined ? value(now) : String(axis.labels[now])}
      style={{ top: `${place}px` }}
      onKeyDown={onKeyDown}
    />
  );
}

const clamp = (place: number, height: number): number => Math.min(height, Math.max(0, place));

/** The edge of a chosen part in px: of a choice, that of the label's band. */
function edge({ scale, labels }: ParallelAxis, at: number, side: 1 | -1): number {
  return scale(labels === undefined ? at : at + side * 0.5);
}

function wholeOf({ scale, labels }: ParallelAxis): Interval {
  return labels === undefined ? [scale.domain[0], scale.domain[1]] : [0, labels.length - 1];
}

/** The next value by one step of the axis. */
function stepped({ scale, labels, whole }: ParallelAxis, from: number, by: 1 | -1): number {
  if (labels !== undefined) return from + by;
  const next = scale.invert(scale(from) + ((scale.range[1] - scale.range[0]) / steps) * by);
  if (whole) return by === 1 ? Math.max(from + 1, Math.round(next)) : Math.min(from - 1, Math.round(next));
  return Number(next.toPrecision(5));
}
