import { endings, type WorkerAttempts } from '../../storage/readers/chart-attempts.ts';
import type { EndingLetter, TimelineChart } from '../routes/charts/timeline.ts';

/** More lanes are thinner than a line of text. */
const mostLanes = 100;
/** Bins of all lanes together. */
const mostBins = 2000;

export interface TimelineAsked {
  /** Trials that meet the filters. */
  readonly trials: Int32Array;
  readonly by: TimelineChart['by'];
  /** Milliseconds since 1970; null: the beginning of the first attempt, the end of the last. */
  readonly from: number | null;
  readonly until: number | null;
  readonly now: number;
  readonly maxPoints: number;
}

type Body = Omit<TimelineChart, 'revision'>;

interface Span {
  readonly number: number;
  readonly attempt: number;
  readonly start: number;
  /** NaN: under way. */
  readonly end: number;
  readonly ending: EndingLetter;
}

/** Attempts by worker or device; of more than `maxPoints` how busy each was. */
export function timeline(pieces: readonly WorkerAttempts[], { trials, by, from, until, now, maxPoints }: TimelineAsked): Body {
  const selected = new Set(trials);
  const lanes = new Map<string, Span[]>();
  for (const piece of pieces) {
    const name = by === 'worker' ? piece.worker : deviceOf(piece.worker);
    const spans = lanes.get(name) ?? [];
    for (let i = 0; i < piece.numbers.length; i++) {
      const [number, start, end] = [piece.numbers[i]!, piece.started[i]!, piece.ended[i]!];
      if (!selected.has(number) || (until !== null && start >= until) || (from !== null && (Number.isNaN(end) ? now : end) < from))
        continue;
      spans.push({ number, attempt: piece.attempts[i]!, start, end, ending: letterOf(piece.endings[i]!) });
    }
    if (spans.length > 0) lanes.set(name, spans);
  }
  const all = [...lanes.values()].flat();
  const drawn = new Set(all.map(({ number }) => number)).size;
  const origin = from ?? all.reduce((least, { start }) => Math.min(least, start), all.length === 0 ? now : Number.POSITIVE_INFINITY);
  const last = until ?? all.reduce((most, { end }) => Math.max(most, Number.isNaN(end) ? now : end), origin);
  const ordered = [...lanes].map(([name, spans]) => ({ name, spans: spans.sort((a, b) => a.start - b.start || a.number - b.number) }));
  ordered.sort((a, b) => a.spans[0]!.start - b.spans[0]!.start || (a.name < b.name ? -1 : 1));
  const shown = ordered.slice(0, mostLanes);
  const isDense = all.length > maxPoints;
  const bins = Math.floor(mostBins / Math.max(1, shown.length));
  return {
    total: trials.length,
    used: drawn,
    shown: isDense ? 0 : new Set(shown.flatMap(({ spans }) => spans.map(({ number }) => number))).size,
    reduced: isDense ? 'bins' : 'none',
    by,
    origin,
    until: last,
    lanesTotal: ordered.length,
    lanes: shown.map(({ name, spans }) => ({
      name,
      attempts: spans.length,
      ...(isDense ? { density: densityOf(spans, { origin, last, now, bins: Math.min(bins, 200) }) } : { spans: columnsOf(spans, origin) }),
    })),
  };
}

/** `host:device` of a worker, which is named `host:process:device`; a name of another form stays. */
function deviceOf(worker: string): string {
  return worker.replace(/^(.+?):\d+:(.+)$/, '$1:$2');
}

const letters: Readonly<Record<(typeof endings)[number], EndingLetter>> = {
  complete: 'c',
  pruned: 'p',
  failed: 'f',
  cancelled: 'x',
  lost: 'l',
  released: 'g',
  paused: 'w',
  forked: 'k',
};

function letterOf(code: number): EndingLetter {
  return code === 0 ? 'r' : letters[endings[code - 1]!];
}

function columnsOf(spans: readonly Span[], origin: number): NonNullable<Body['lanes'][number]['spans']> {
  return {
    number: spans.map(({ number }) => number),
    attempt: spans.map(({ attempt }) => attempt),
    start: spans.map(({ start }) => start - origin),
    end: spans.map(({ end }) => (Number.isNaN(end) ? null : end - origin)),
    ending: spans.map(({ ending }) => ending),
  };
}

/** How many attempts were under way, on average over each bin. */
function densityOf(
  spans: readonly Span[],
  { origin, last, now, bins }: { readonly origin: number; readonly last: number; readonly now: number; readonly bins: number },
): NonNullable<Body['lanes'][number]['density']> {
  const width = Math.max(1, Math.ceil((last - origin) / bins));
  const busy = new Float64Array(Math.max(1, Math.ceil((last - origin) / width)));
  for (const { start, end } of spans) {
    const [from, to] = [Math.max(start, origin), Math.min(Number.isNaN(end) ? now : end, last)];
    for (let bin = Math.floor((from - origin) / width); bin < busy.length && origin + bin * width < to; bin++)
      busy[bin]! += (Math.min(to, origin + (bin + 1) * width) - Math.max(from, origin + bin * width)) / width;
  }
  return { t0: Array.from(busy, (_, bin) => bin * width), busy: Array.from(busy, (value) => Number(value.toPrecision(4))) };
}
