import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { FoldWindow, WindowPart } from '../../search/study/walk-forward.ts';
import { defaultLeastActiveShare } from '../../validation/activity.ts';
import { type Fold, innerSplit } from '../../validation/folds.ts';
import { anchored, rolling } from '../../validation/schemes/forward.ts';
import type { FoldScheme, SchemeFold } from '../../validation/schemes/scheme.ts';
import { leastDistinct } from '../../validation/variation.ts';
import { rowsOf, type SessionRange, sessionCount } from '../env/market.ts';

const count = z.int().min(1);
const defaultEmbargo = 1;

/** Division of a data set's sessions. The search sees the first `searchSessions` only. */
export const sessionOptions = z.strictObject({
  searchSessions: count.meta({ description: 'sessions from the start of the data that the search trains and validates in' }),
  innerSessions: count
    .min(leastDistinct, 'a Sharpe ratio needs at least three sessions')
    .meta({ description: 'sessions at the end of the search window that the objective is measured on' }),
  leastActiveShare: z.number().min(0).max(1).default(defaultLeastActiveShare).meta({
    description:
      'share of the sessions that an account must return anything on (gain, loss or cost), and never fewer than three; below it the account counts as one that never traded: its ratios, and so the objective, are 0',
  }),
  purgeSessions: z.int().min(0).meta({ description: 'sessions left out at the end of every training part' }),
  embargoSessions: z.int().min(0).default(defaultEmbargo).meta({
    description:
      'further sessions left out behind a test, beside the purged ones, where training follows it: in a combinatorial validation (`--scheme cpcv:6,2`)',
  }),
  testSessions: count.meta({ description: 'sessions of each walk-forward test; the tests follow one another after the search window' }),
  folds: count.meta({ description: 'number of walk-forward tests' }),
  vaultSessions: z.int().min(0).optional().meta({
    description:
      'sessions at the end of the data that nothing reads before the one look that opens them; by default a fifth of those after the search window, as far as the tests leave them, and none where that is fewer than three',
  }),
  layout: z.enum(['anchored', 'rolling']).default('anchored').meta({
    description:
      'training part of a fold: `anchored` starts at the first session and grows, `rolling` keeps the length of the first fold and moves along',
  }),
});

export type SessionPlan = Readonly<z.input<typeof sessionOptions>>;

/** The search window: [training | purge | inner validation]. */
export function searchSplit(plan: SessionPlan, bars: AlignedBars): Fold {
  const sessions = sessionCount(bars);
  if (plan.searchSessions > sessions)
    throw new AssayError(
      'config_invalid',
      `a search window of ${plan.searchSessions} sessions does not fit into the ${sessions} of the data`,
      {
        hint: 'choose a longer data set or a shorter search window',
      },
    );
  return innerSplit({ from: 0, to: plan.searchSessions }, plan.innerSessions, plan.purgeSessions);
}

/** End of the search window, exclusive, in epoch milliseconds: the close of its last bar. */
export function searchEnd(bars: AlignedBars, inner: SessionRange): number {
  return bars.time[rowsOf(bars, inner).to - 1]! + bars.barMs;
}

/** Plans the folds of a scheme, tests strictly after the search window. Default: the study's own, by `layout`. */
export function walkForwardFolds(plan: SessionPlan, bars: AlignedBars, scheme?: FoldScheme): readonly FoldWindow[] {
  const { searchSessions, purgeSessions, embargoSessions = defaultEmbargo, testSessions, folds, layout } = plan;
  return (scheme ?? (layout === 'rolling' ? rolling() : anchored))
    .plan({
      sessions: sessionCount(bars),
      search: searchSessions,
      purge: purgeSessions,
      embargo: embargoSessions,
      test: testSessions,
      folds,
    })
    .map((fold, number) => windowOf(fold, number, bars));
}

function windowOf({ train, test, purged, embargoed }: SchemeFold, fold: number, bars: AlignedBars): FoldWindow {
  const part = (span: SessionRange): WindowPart => {
    const rows = rowsOf(bars, span);
    return { start: bars.time[rows.from]!, end: bars.time[rows.to - 1]! + bars.barMs, sessions: span.to - span.from };
  };
  const barsOf = (sessions: readonly number[]) =>
    sessions.reduce((sum, session) => {
      const rows = rowsOf(bars, { from: session, to: session + 1 });
      return sum + rows.to - rows.from;
    }, 0);
  const trained = train.map(part);
  const tested = test.map((span) => ({ ...part(span), group: span.group ?? 0 }));
  return {
    fold,
    trainStart: trained[0]!.start,
    trainEnd: trained.at(-1)!.end,
    testStart: tested[0]!.start,
    testEnd: tested.at(-1)!.end,
    purgedBars: barsOf(purged),
    // Folds of one part each are what they always were, to the hash of their definition.
    ...(test[0]!.group !== undefined && {
      parts: {
        train: trained,
        test: tested,
        purgedSessions: purged.length,
        embargoedSessions: embargoed.length,
        embargoedBars: barsOf(embargoed),
      },
    }),
  };
}

/** The sessions of a fold, looked up by their times. */
export function sessionsOf(
  window: FoldWindow,
  bars: AlignedBars,
): { readonly train: readonly SessionRange[]; readonly test: readonly SessionRange[] } {
  const { trainStart, trainEnd, testStart, testEnd, parts } = window;
  if (parts === undefined) return { train: [sessionsWithin(bars, trainStart, trainEnd)], test: [sessionsWithin(bars, testStart, testEnd)] };
  const within = ({ start, end }: WindowPart): SessionRange => sessionsWithin(bars, start, end);
  return { train: parts.train.map(within), test: parts.test.map(within) };
}

function sessionsWithin({ time, session }: AlignedBars, start: number, end: number): SessionRange {
  const first = time.findIndex((t) => t >= start);
  const after = time.findIndex((t) => t >= end);
  const last = (after === -1 ? time.length : after) - 1;
  if (first === -1 || last < first)
    throw new AssayError(
      'data_invalid',
      `the data set holds no bar from ${new Date(start).toISOString()} to ${new Date(end).toISOString()}`,
      {
        hint: 'the folds were planned on another version of the data set: plan them again; sessions of a vault are not handed out',
      },
    );
  return { from: session[first]!, to: session[last]! + 1 };
}
