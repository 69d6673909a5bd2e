import type { FoldLayout } from '../../api/routes/charts/folds.ts';
import { percent } from '../../plot/format.ts';
import { linear, time } from '../../plot/scale.ts';

/** What is drawn of the layout of the folds. */
export type FoldStripData = Pick<FoldLayout, 'search' | 'folds' | 'nonFinite'>;

interface Box {
  readonly x: number;
  readonly width: number;
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly seed: number;
  readonly words: string;
  /** The return is no number that a scale has: it is drawn on the edge, and without a value in the middle. */
  readonly odd: boolean;
}

interface Row {
  readonly fold: number;
  readonly y: number;
  readonly train: readonly Box[];
  readonly test: readonly Box[];
  readonly purge: Box & { readonly words: string };
  readonly embargo: string | null;
  readonly dots: readonly Dot[];
  /** From 0 to the worst return; null: not evaluated. */
  readonly worst: {
    readonly x: number;
    readonly y: number;
    readonly height: number;
    readonly words: string;
    readonly lost: boolean;
  } | null;
  readonly zero: number;
  /** Why the fold is no evidence; null: it is. */
  readonly seen: string | null;
}

interface FoldStripLayout {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly Row[];
  /** What the search saw, over all rows. */
  readonly search: Box | null;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
}

/** Heights in px: of a bar, of the returns below it, of a row with its gap, of the axis. */
export const stripSizes = { left: 52, right: 60, bar: 20, returns: 34, gap: 14, axis: 24, top: 22 } as const;

/** Places folds on one time axis, one row a fold, with the returns of each seed below the test. @param width in px */
export function layOutFolds({ search, folds, nonFinite }: FoldStripData, width: number): FoldStripLayout {
  const { left, right, bar, returns, gap, axis, top } = stripSizes;
  const at = (text: string): number => Date.parse(text);
  const edges = folds.flatMap(({ train, test }) => [...train, ...test].flatMap(({ start, end }) => [at(start), at(end)]));
  if (search !== null) edges.push(at(search.end));
  const x = time([Math.min(...edges), Math.max(...edges)], [left, Math.max(left + 100, width - right)]);
  const box = (start: number, end: number): Box => ({ x: x(start), width: Math.max(1, x(end) - x(start)) });
  const all = folds.flatMap((fold) => fold.returns.totalReturn.filter((one) => one !== null));
  const most = Math.max(1e-9, ...all.map(Math.abs));
  const rows = folds.map((fold, i): Row => {
    const y = top + i * (bar + returns + gap);
    const offset = linear([-most, most], [y + bar + returns - 3, y + bar + 3]);
    const first = box(at(fold.test[0]?.start ?? fold.purge.end), at(fold.test.at(-1)?.end ?? fold.purge.end));
    const { seed, totalReturn } = fold.returns;
    const spread = Math.max(first.width, 8 * (seed.length + 1));
    const place = (k: number): number => first.x + first.width / 2 - spread / 2 + (spread * (k + 1)) / (seed.length + 1);
    const value = (name: string, given: number | null | undefined): number | null => {
      const flag = nonFinite?.[`folds.${i}.${name}`];
      return given ?? (flag === undefined ? null : Number(flag));
    };
    // Beyond the scale is its edge; what is not a number is in the middle.
    const level = (of: number): number => offset(Number.isNaN(of) ? 0 : Math.max(-most, Math.min(most, of)));
    const dots = seed.flatMap((of, k) => {
      const own = value(`returns.totalReturn.${k}`, totalReturn[k]);
      if (own === null) return [];
      return [{ x: place(k), y: level(own), seed: of, words: `seed ${of}: ${said(own)}`, odd: !Number.isFinite(own) }];
    });
    const worst = value('worst', fold.worst);
    return {
      fold: fold.fold,
      y,
      train: fold.train.map(({ start, end }) => box(at(start), at(end))),
      test: fold.test.map(({ start, end }) => box(at(start), at(end))),
      purge: { ...box(at(fold.purge.start), at(fold.purge.end)), words: leftOut(fold.purge.sessions, fold.purge.bars) },
      embargo: fold.embargo === null ? null : leftOut(fold.embargo.sessions, fold.embargo.bars),
      dots,
      worst:
        worst === null
          ? null
          : {
              x: first.x + first.width + 4,
              y: Math.min(offset(0), level(worst)),
              height: Math.max(1, Math.abs(level(worst) - offset(0))),
              words: said(worst),
              lost: !(worst >= 0),
            },
      zero: offset(0),
      seen: fold.seen,
    };
  });
  const ticks = x.ticks(Math.max(2, Math.floor(width / 160)));
  const labels = x.labels(ticks);
  return {
    width,
    height: top + rows.length * (bar + returns + gap) + axis,
    rows,
    search: search === null ? null : box(x.domain[0], at(search.end)),
    ticks: ticks.map((tick, i) => ({ x: x(tick), label: labels[i]! })),
  };
}

const said = (totalReturn: number): string => (Number.isNaN(totalReturn) ? 'unknown' : percent(totalReturn));

/** `1 session (390 bars)`; bars alone where the scheme counts no sessions. */
function leftOut(sessions: number | null, bars: number): string {
  const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  return sessions === null ? counted(bars, 'bar') : `${counted(sessions, 'session')} (${counted(bars, 'bar')})`;
}
