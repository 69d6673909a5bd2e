import { endings, type WorkerAttempts } from '../../storage/readers/chart-attempts.ts';
import type { EndingLetter, TimelineChart } from '../routes/charts/timeline.ts';

/** More lanes are thinner than a line of text. */
const mostLanes = 100;
/** Bins of all lanes together, and of one. */
const [mostBins, mostOfLane] = [2000, 200];

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

/** Calls back with each attempt of a lane that is drawn: its piece and its place there. */
type Lane = (draw: (piece: WorkerAttempts, at: number) => void) => void;

/** Attempts by worker or device; of more than `maxPoints` how busy each was. */
export function timeline(pieces: readonly WorkerAttempts[], { trials, by, from, until, now, maxPoints }: TimelineAsked): Body {
  const selected = new Uint8Array((trials.at(-1) ?? -1) + 1);
  for (const number of trials) selected[number] = 1;
  const endOf = ({ ended }: WorkerAttempts, at: number): number => (Number.isNaN(ended[at]!) ? now : ended[at]!);
  const isDrawn = (piece: WorkerAttempts, at: number): boolean =>
    selected[piece.numbers[at]!] === 1 && (until === null || piece.started[at]! < until) && (from === null || endOf(piece, at) >= from);
  const named = new Map<string, WorkerAttempts[]>();
  for (const piece of pieces) {
    const name = by === 'worker' ? piece.worker : deviceOf(piece.worker);
    named.set(name, [...(named.get(name) ?? []), piece]);
  }

  let [first, last, attempts] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const counted = [...named].map(([name, own]) => {
    const each: Lane = (draw) => {
      for (const piece of own) for (let at = 0; at < piece.numbers.length; at++) if (isDrawn(piece, at)) draw(piece, at);
    };
    let [n, begins] = [0, Number.POSITIVE_INFINITY];
    each((piece, at) => {
      n += 1;
      begins = Math.min(begins, piece.started[at]!);
      last = Math.max(last, endOf(piece, at));
    });
    first = Math.min(first, begins);
    attempts += n;
    return { name, each, n, begins };
  });
  const lanes = counted.filter(({ n }) => n > 0).sort((a, b) => a.begins - b.begins || (a.name < b.name ? -1 : 1));
  const shown = lanes.slice(0, mostLanes);
  const origin = from ?? (attempts === 0 ? now : first);
  const end = until ?? (attempts === 0 ? origin : Math.max(origin, last));
  const isDense = attempts > maxPoints;
  const bins = Math.min(mostOfLane, Math.floor(mostBins / Math.max(1, shown.length)));
  return {
    total: trials.length,
    used: trialsOf(lanes, selected.length),
    shown: isDense ? 0 : trialsOf(shown, selected.length),
    reduced: isDense ? 'bins' : 'none',
    by,
    origin,
    until: end,
    lanesTotal: lanes.length,
    lanes: shown.map(({ name, each, n }) => ({
      name,
      attempts: n,
      ...(isDense ? { density: densityOf(each, { origin, end, bins, endOf }) } : { spans: spansOf(each, origin) }),
    })),
  };
}

/** `host:device` of a worker, which is named `host:process:device`; a name of another form stays. */
function deviceOf(worker: string): string {
  return worker.replace(/^(.+?):\d+:(.+)$/, '$1:$2');
}

function trialsOf(lanes: readonly { readonly each: Lane }[], n: number): number {
  const met = new Uint8Array(n);
  for (const { each } of lanes) each(({ numbers }, at) => (met[numbers[at]!] = 1));
  return met.reduce((sum, one) => sum + one, 0);
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

function spansOf(each: Lane, origin: number): NonNullable<Body['lanes'][number]['spans']> {
  const spans: { readonly piece: WorkerAttempts; readonly at: number }[] = [];
  each((piece, at) => spans.push({ piece, at }));
  spans.sort((a, b) => a.piece.started[a.at]! - b.piece.started[b.at]! || a.piece.numbers[a.at]! - b.piece.numbers[b.at]!);
  return {
    number: spans.map(({ piece, at }) => piece.numbers[at]!),
    attempt: spans.map(({ piece, at }) => piece.attempts[at]!),
    start: spans.map(({ piece, at }) => piece.started[at]! - origin),
    end: spans.map(({ piece, at }) => (Number.isNaN(piece.ended[at]!) ? null : piece.ended[at]! - origin)),
    ending: spans.map(({ piece, at }) => (piece.endings[at] === 0 ? 'r' : letters[endings[piece.endings[at]! - 1]!])),
  };
}

interface Range {
  readonly origin: number;
  readonly end: number;
  readonly bins: number;
  readonly endOf: (piece: WorkerAttempts, at: number) => number;
}

/** How many attempts were under way, on average over each bin. */
function densityOf(each: Lane, { origin, end, bins, endOf }: Range): NonNullable<Body['lanes'][number]['density']> {
  const width = Math.max(1, Math.ceil((end - origin) / bins));
  const busy = new Float64Array(Math.max(1, Math.ceil((end - origin) / width)));
  each((piece, at) => {
    const [from, to] = [Math.max(piece.started[at]!, origin), Math.min(endOf(piece, at), end)];
    for (let bin = Math.floor((from - origin) / width); bin < busy.length && origin + bin * width < to; bin++)
      busy[bin]! += (Math.min(to, origin + (bin + 1) * width) - Math.max(from, origin + bin * width)) / width;
  });
  return { t0: Array.from(busy, (_, bin) => bin * width), busy: Array.from(busy, (value) => Number(value.toPrecision(4))) };
}
