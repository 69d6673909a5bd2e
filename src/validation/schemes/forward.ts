import { AssayError } from '../../core/errors.ts';
import { anchoredFolds, type Fold } from '../folds.ts';
import type { FoldScheme, SchemeFold, SchemeLayout } from './scheme.ts';

/** Training parts that start at the first session and grow. */
export const anchored: FoldScheme = {
  id: 'anchored',
  forward: true,
  plan: (layout) => foldsOf(layout).map((fold) => folded(fold, layout)),
};

/**
 * Training parts of one length that move along with the test.
 * @param length sessions; default: those of the first anchored fold.
 */
export function rolling(length?: number): FoldScheme {
  return {
    id: length === undefined ? 'rolling' : `rolling:${length}`,
    forward: true,
    plan: (layout) =>
      foldsOf(layout).map(({ train, test }, _, [first]) => {
        const sessions = length ?? first!.train.to;
        if (sessions > first!.train.to)
          throw new AssayError(
            'config_invalid',
            `${sessions} sessions to train on do not lie before the first test: ${first!.train.to} do`,
            {
              hint: 'roll over fewer sessions, or search a longer window',
            },
          );
        return folded({ train: { from: train.to - sessions, to: train.to }, test }, layout);
      }),
  };
}

function foldsOf({ sessions, search, purge, test, folds }: SchemeLayout): readonly Fold[] {
  return anchoredFolds({ sessions, train: search - purge, purge, test, folds });
}

function folded({ train, test }: Fold, { purge }: SchemeLayout): SchemeFold {
  return { train: [train], test: [test], purged: Array.from({ length: purge }, (_, i) => train.to + i), embargoed: [] };
}
