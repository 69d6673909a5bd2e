import { type Html, html } from './html.ts';

/** One line of a chart: a value after each session, which begins at 0. */
export interface Line {
  readonly name: string;
  /** NaN leaves a gap. */
  readonly values: readonly number[];
  /** Class of its colour: `s0` to `s7` for seeds, `b0` to `b3` for baselines. */
  readonly kind: string;
}

const size = { width: 360, height: 150, left: 46, right: 8, top: 8, bottom: 20 } as const;

/** A chart of fractions in percent over sessions, as inline SVG. @param label what a screen reader says, and the tooltip */
export function chart(label: string, lines: readonly Line[]): Html {
  const all = lines.flatMap(({ values }) => values).filter(Number.isFinite);
  const [low, high] = niceRange(Math.min(0, ...all), Math.max(0, ...all));
  const sessions = Math.max(1, ...lines.map(({ values }) => values.length - 1));
  const x = (i: number) => size.left + ((size.width - size.left - size.right) * i) / sessions;
  const y = (value: number) => size.top + ((size.height - size.top - size.bottom) * (high - value)) / (high - low);
  const ticks = [low, (low + high) / 2, high];
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}"><title>${label}</title>
${ticks.map((tick) => html`<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${place(y(tick))}" y2="${place(y(tick))}"/><text x="${size.left - 5}" y="${place(y(tick) + 3)}" text-anchor="end">${percentTick(tick, ticks)}</text>`)}
<line class="zero" x1="${size.left}" x2="${size.width - size.right}" y1="${place(y(0))}" y2="${place(y(0))}"/>
<text x="${size.left}" y="${size.height - 5}">0</text><text x="${size.width - size.right}" y="${size.height - 5}" text-anchor="end">${sessions} ${sessions === 1 ? 'session' : 'sessions'}</text>
${lines.map(({ kind, values, name }) => html`<path class="line ${kind}" d="${pathOf(values, x, y)}"><title>${name}</title></path>`)}</svg>`;
}

/** Moves to the first point after each gap, else draws. */
function pathOf(values: readonly number[], x: (i: number) => number, y: (value: number) => number): string {
  let drawing = false;
  return values
    .map((value, i) => {
      if (!Number.isFinite(value)) {
        drawing = false;
        return '';
      }
      const command = drawing ? 'L' : 'M';
      drawing = true;
      return `${command}${place(x(i))} ${place(y(value))}`;
    })
    .join('');
}

/** Ends on round numbers; a range without extent gets one. */
function niceRange(low: number, high: number): readonly [number, number] {
  const extent = high - low || 0.01;
  const step = 10 ** Math.floor(Math.log10(extent)) / 2;
  return [Math.floor(low / step) * step, Math.ceil((high || (low === 0 ? extent : 0)) / step) * step];
}

/** With as many digits as all ticks need, so that none is rounded to another place. */
function percentTick(value: number, ticks: readonly number[]): string {
  const exact = (digits: number) => ticks.every((tick) => Math.abs(Number((100 * tick).toFixed(digits)) - 100 * tick) < 1e-9);
  const text = (100 * value).toFixed([0, 1, 2, 3].find(exact) ?? 4);
  return `${Number(text) === 0 ? '0' : text} %`;
}

function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}
