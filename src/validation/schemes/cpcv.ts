import { AssayError } from '../../core/errors.ts';
import { anchoredFolds, type Span } from '../folds.ts';
import { cpcv as combined } from '../statistics/cpcv.ts';
import type { FoldScheme, SchemeFold, TestPart } from './scheme.ts';

/**
 * Combinatorial purged cross-validation (Lopez de Prado 2018, chapter 12) of the sessions that the study's plan tests: they are divided
 * into `groups`, and each fold tests `test` of them and trains on the search window and all other groups, purged on both sides of every
 * test and embargoed behind it. Training lies also after tests, so its folds are no evidence for a promotion.
 */
export function cpcvScheme(groups: number, test: number): FoldScheme {
  const { splits } = combined(groups, test);
  return {
    id: `cpcv:${groups},${test}`,
    forward: false,
    plan: (layout) => {
      const { search, purge, embargo } = layout;
      const tests = anchoredFolds({ sessions: layout.sessions, train: search - purge, purge, test: layout.test, folds: layout.folds });
      const parts = groupsOf({ from: search, to: tests.at(-1)!.test.to }, groups);
      return splits.map((split): SchemeFold => {
        const tested = split.map((group) => parts[group]!);
        return trainedAround({ from: 0, to: parts.at(-1)!.to }, tested, { purge, embargo });
      });
    },
  };
}

/** Sessions divided into groups of equal size, to one session. */
function groupsOf({ from, to }: Span, groups: number): readonly (TestPart & { readonly group: number })[] {
  const sessions = to - from;
  if (sessions < groups)
    throw new AssayError('config_invalid', `${sessions} tested sessions do not make ${groups} groups`, {
      hint: 'take fewer groups, or test more sessions (sessions.folds, sessions.testSessions)',
    });
  const border = (group: number) => from + Math.floor((group * sessions) / groups);
  return Array.from({ length: groups }, (_, group) => ({ group, from: border(group), to: border(group + 1) }));
}

function trainedAround(
  all: Span,
  tested: readonly TestPart[],
  { purge, embargo }: { readonly purge: number; readonly embargo: number },
): SchemeFold {
  const train: { from: number; to: number }[] = [];
  const purged: number[] = [];
  const embargoed: number[] = [];
  for (let session = all.from; session < all.to; session++) {
    if (tested.some(({ from, to }) => session >= from && session < to)) continue;
    if (tested.some(({ from, to }) => session >= from - purge && session < to + purge)) purged.push(session);
    else if (tested.some(({ to }) => session >= to + purge && session < to + purge + embargo)) embargoed.push(session);
    else if (train.at(-1)?.to === session) train.at(-1)!.to++;
    else train.push({ from: session, to: session + 1 });
  }
  return { train, test: tested, purged, embargoed };
}
