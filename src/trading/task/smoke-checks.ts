import { counted } from '../../core/counted.ts';
import type { FeatureMatrix, RowRange } from '../../features/feature-set.ts';
import type { Normaliser } from '../../features/normalise.ts';
import { type SmokeCheck, smokeCheck } from '../../search/study/smoke.ts';
import { mean, sampleVariance } from '../../validation/moments.ts';
import { changedStates } from '../agents/checkpoint.ts';
import type { Backtest } from '../env/backtest.ts';
import type { FilledTask } from './options.ts';

/** Rewards of this deviation suit the agents' defaults; a factor of ten from it is worth a look. */
const wanted = { deviation: 0.3, factor: 10 };
/** A column that is clipped in more rows than this has lost what it says in them. */
const oftenClipped = 0.01;
/** An action counts as at its bound from this size on. */
const bound = 0.99;
/** Positions of a smaller deviation are the same for all that trading can tell. */
const hardlyMoves = 0.01;

const brief = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${brief(100 * share)} %`;
const named = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '');
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const deviationOf = (values: ArrayLike<number>): number => Math.sqrt(sampleVariance(values));
/** False for a column that holds one value, which a deviation would miss by rounding. */
const moves = (values: ArrayLike<number>): boolean => Array.prototype.some.call(values, (value) => value !== values[0]);

/** Columns of the search window's rows that say nothing, or are cut off. A set with a value that is not finite never comes so far. */
export function featureChecks({ sd, clip }: Normaliser, { names, values, width }: FeatureMatrix, { from, to }: RowRange): SmokeCheck[] {
  const constant = names.filter((_, column) => sd[column] === 0);
  const clipped = new Float64Array(width);
  for (let i = from * width; i < to * width; i++) if (Math.abs(values[i]!) >= clip) clipped[i % width]! += 1 / (to - from);
  const often = names.filter((_, column) => clipped[column]! > oftenClipped);
  const most = Math.max(...clipped);
  return [
    smokeCheck(
      'features',
      `all of ${counted(width, 'column')} finite in ${counted(to - from, 'row')}`,
      { columns: width, rows: to - from },
      [],
    ),
    smokeCheck('constant features', constant.length === 0 ? 'none' : named(constant), { constant: constant.length }, [
      constant.length === width && ['broken', 'no feature says anything: choose another feature set or data set'],
      constant.length > 0 && ['look', 'they say nothing in the training part: check the data behind them, or leave them out'],
    ]),
    smokeCheck(
      'clipped features',
      often.length === 0 ? `at most ${percent(most)} of the rows` : `${named(often)}: up to ${percent(most)} of the rows`,
      { clipped: often.length, most },
      [
        often.length > 0 && [
          'look',
          `beyond ${clip} deviations of the training part: transform them (a logarithm, a rank), or check for outliers`,
        ],
      ],
    ),
  ];
}

export function rewardCheck(rewards: readonly number[], rewardScale: number): SmokeCheck {
  const bad = rewards.filter((reward) => !Number.isFinite(reward)).length;
  const deviation = deviationOf(rewards);
  const ratio = deviation / wanted.deviation;
  const better = brief(rewardScale / ratio);
  return smokeCheck(
    'rewards',
    bad > 0 ? `${bad} of ${rewards.length} are not finite` : `mean ${brief(mean(rewards))}, deviation ${brief(deviation)}`,
    { rewards: rewards.length, notFinite: bad, mean: mean(rewards), deviation },
    [
      bad > 0 && ['broken', "look for a division by zero in the reward's terms"],
      !moves(rewards) && [
        'broken',
        'nothing can be learnt from a reward that never moves: check its coefficients, and that trades are filled',
      ],
      (ratio > wanted.factor || ratio < 1 / wanted.factor) && [
        'look',
        `set training.rewardScale to about ${better} (it is ${brief(rewardScale)}) for a deviation of ${wanted.deviation}`,
      ],
    ],
  );
}

export function lossCheck(losses: readonly Readonly<Record<string, number>>[], environmentSteps: number): SmokeCheck {
  const last = losses.at(-1) ?? {};
  const names = Object.keys(last);
  const bad = names.filter((name) => losses.some((step) => !Number.isFinite(step[name])));
  const still = names.length > 0 && losses.length > 1 && names.every((name) => losses.every((step) => step[name] === losses[0]![name]));
  return smokeCheck(
    'losses',
    names.length === 0
      ? `no gradient step in ${counted(environmentSteps, 'environment step')}`
      : `${names.map((name) => `${name} ${brief(losses[0]![name]!)} to ${brief(last[name]!)}`).join(', ')}`,
    last,
    [
      names.length === 0 && ['broken', 'train for longer (--steps): warm-up or first rollout of the agent is not over'],
      bad.length > 0 && ['broken', `${bad.join(', ')} is not finite: lower the learning rate or the reward's scale`],
      still && ['look', 'no loss moves: check the learning rate'],
    ],
  );
}

/**
 * Positions of a training (exploring) or of a backtest (the policy).
 * @param actions steps x assets, in [-1, 1]
 * @param positions number of positions that an action picks from; undefined: any
 */
export function actionsCheck(
  check: 'exploring' | 'policy',
  actions: Float32Array,
  { assets, positions }: { readonly assets: number; readonly positions: number | undefined },
): SmokeCheck {
  const columns = Array.from({ length: assets }, (_, asset) => actions.filter((_, i) => i % assets === asset));
  const deviation = Math.max(...columns.map(deviationOf));
  const shareOf = (is: (action: number) => boolean): number => actions.filter(is).length / actions.length;
  const [short, long] = [shareOf((action) => action <= -bound), shareOf((action) => action >= bound)];
  const still = !columns.some(moves);
  return smokeCheck(
    check,
    `positions of deviation ${brief(deviation)}; ${percent(short)} at -1, ${percent(long)} at 1`,
    { deviation, atBounds: short + long },
    [
      still && check === 'exploring' && ['broken', 'exploration never changes a position: check the entropy settings of the agent'],
      still && ['look', 'the same position whatever it sees: longer --steps show whether that stays; check learning rate and features'],
      deviation < hardlyMoves && [
        'look',
        'the positions hardly differ: longer --steps show whether that stays; check features and learning rate',
      ],
      positions === undefined &&
        short + long > 0.5 && ['look', 'positions stick to the bounds: lower the learning rate or rewardScale, or raise the temperature'],
    ],
  );
}

/** Shares of the learnt vectors that training has changed. Weights behind units that are off stay as they were. */
export function networkCheck(agent: string, before: Uint8Array, after: Uint8Array, gradientSteps: number): SmokeCheck {
  const changed = changedStates(agent, before, after);
  const names = Object.keys(changed);
  const still = names.filter((name) => changed[name] === 0);
  return smokeCheck(
    'network',
    `changed after ${counted(gradientSteps, 'gradient step')}: ${names.map((name) => `${name} ${percent(changed[name]!)}`).join(', ')}`,
    changed,
    [still.length > 0 && ['broken', `${still.join(', ')} did not change: check the learning rate, and that gradient steps are taken`]],
  );
}

export function accountCheck({ navs, trades, costs, traded, earlyTerminations }: Backtest, capital: number): SmokeCheck {
  const paid = mean(costs) * costs.length;
  const value = mean(traded) * traded.length;
  const [low, high] = [navs.reduce((a, b) => Math.min(a, b)), navs.reduce((a, b) => Math.max(a, b))];
  return smokeCheck(
    'account',
    `NAV ${whole(low)} to ${whole(high)}, ${counted(trades.length, 'trade')}, costs ${percent(paid / capital)} of the capital`,
    { lowest: low, highest: high, trades: trades.length, costs: paid, traded: value, earlyTerminations },
    [
      !navs.every(Number.isFinite) && ['broken', 'look for prices of 0 or missing bars in the data set: `assay data show`'],
      value === 0 && ['look', 'the policy never trades after so little training: longer --steps show whether it starts to'],
      paid === 0 && ['look', 'trades cost nothing: state the costs in `environment`, no gate passes without'],
      earlyTerminations > 0 && [
        'look',
        `the drawdown limit ended ${counted(earlyTerminations, 'episode')}: smaller positions, or longer training`,
      ],
    ],
  );
}

interface Pace {
  readonly seconds: number;
  /** Of one report of a trial. */
  readonly scoreSeconds: number;
  readonly environmentSteps: number;
  readonly gradientSteps: number;
  readonly training: FilledTask<never>['training'];
  readonly reports: number;
}

/** The seeds of a trial are taken one after the other here; on some executors they train together and take less. */
export function speedCheck({ seconds, scoreSeconds, environmentSteps, gradientSteps, training, reports }: Pace): SmokeCheck {
  const { updates, seeds, phases = [] } = training;
  const perSecond = gradientSteps / seconds;
  const phaseSteps = phases.reduce((total, { steps }) => total + steps, 0);
  const trialSeconds = seeds * (updates / perSecond + (phaseSteps * seconds) / environmentSteps + reports * scoreSeconds);
  const took = trialSeconds < 90 ? `${brief(trialSeconds)} s` : `${brief(trialSeconds / 60)} min`;
  return smokeCheck(
    'speed',
    `${brief(perSecond)} gradient steps a second; a trial of ${counted(updates, 'gradient step')} and ${counted(reports, 'report')} takes about ${took}`,
    { gradientStepsPerSecond: perSecond, environmentStepsPerSecond: environmentSteps / seconds, scoreSeconds, trialSeconds },
    [gradientSteps === 0 && ['broken', 'without a gradient step the time of a trial is unknown: train for longer (--steps)']],
  );
}
