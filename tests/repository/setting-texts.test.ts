import { expect, test } from 'vitest';
import { AssayError } from '../../src/core/errors.ts';
import { phoenixBase } from '../../src/features/phoenix/base.ts';
import { median } from '../../src/search/pruners/index.ts';
import { tpe } from '../../src/search/samplers/index.ts';
import { budgetOf } from '../../src/search/study/budget.ts';
import { checkRecurrentPpoOptions } from '../../src/trading/agents/recurrent-ppo/options.ts';
import { checkSacOptions } from '../../src/trading/agents/sac/options.ts';

/** What a person reads where a setting does not fit, whatever takes it: what was given, what it takes, and a known name that is close. */
const wrong: readonly (readonly [what: string, run: () => unknown, message: RegExp, hint: RegExp])[] = [
  ['a sampler', () => tpe({ candidates: 0 }), /^option candidates: it takes a whole number from 1.*, not 0$/, /options of tpe: /],
  ['a sampler', () => tpe({ candidate: 3 } as never), /^unknown option candidate$/, /did you mean candidates\? options of tpe: /],
  [
    'a pruner',
    () => median({ startupTrials: 'many' } as never),
    /^option startupTrials: it takes a whole number.*, not "many"$/,
    /options of median: /,
  ],
  ['a budget', () => budgetOf({ trials: 1.5 }, null), /^it takes a whole number from 1 to \d+, not 1\.5$/, /give budget/],
  ['a budget', () => budgetOf({ stopWhen: { noImprovement: 0 } }, null), /^it takes a whole number from 1, not 0$/, /give budget/],
  ['a budget', () => budgetOf({ trial: 3 } as never, null), /^there is no "trial"$/, /did you mean trials\? known: trials, time/],
  ['a feature set', () => phoenixBase({ clok: 'day' } as never), /phoenix-base@1: clok: unknown option$/, /did you mean clock\?/],
  ['a feature set', () => phoenixBase({ clock: 'week' } as never), /phoenix-base@1: clock: it takes one of .*, not "week"$/, /options: /],
  ['an agent', () => checkSacOptions({ batchSize: 0 }), /^batchSize: it takes a whole number from 1.*, not 0$/, /docs\/configuration.md/],
  ['an agent', () => checkRecurrentPpoOptions({ hiden: [8] } as never, 1), /^unknown setting hiden$/, /did you mean hidden\?/],
];

test.each(wrong)('%s says in words what does not fit', (_, run, message, hint) => {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(AssayError);
  const error = thrown as AssayError;
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
  expect(error.message).not.toMatch(/Invalid|Too (small|big)|Unrecognized|expected/);
});
