import { type Expected, recommend } from '../../search/recommend/recommend.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { completeTrials } from './complete-trials.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';
import { checkLimit } from './page.ts';

/** A configuration that the model of the complete trials recommends, as JSON has it. */
export interface RecommendedItem extends NonFiniteFlag {
  /** Its best trial. */
  readonly address: string;
  readonly number: number;
  readonly params: FlatParams;
  /** Numbers of all complete trials with these params. */
  readonly trials: readonly number[];
  /** Mean of their values. */
  readonly observed: number | null;
  /** Null: too few trials for a model. */
  readonly expected: Expected | null;
  readonly inWords: string;
}

export interface Recommendations {
  readonly study: string;
  readonly direction: Direction;
  /** Best first, by the pessimistic end of what is expected. */
  readonly items: readonly RecommendedItem[];
}

/** Returns the configurations that are expected to be best again. @throws AssayError `not_found`; `usage` for several objectives */
export async function readRecommendations(db: Db, name: string, top = 1): Promise<Recommendations> {
  const limit = checkLimit(top);
  const { study, space, history } = await completeTrials(db, name);
  const items = recommend(space, history)
    .slice(0, limit)
    .map(({ observed, ...rest }) => ({
      address: `${study}#${rest.number}`,
      ...rest,
      observed: finite(observed),
      ...nonFiniteFlag({ observed }),
    }));
  return { study, direction: history.direction, items };
}
