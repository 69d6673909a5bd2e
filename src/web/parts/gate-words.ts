import { count, percent, value } from '../../plot/format.ts';
import { isUnknown, type Verdict } from './verdict.ts';

/** What an observed figure is, and so how it is written and drawn. */
export type Unit = 'count' | 'probability' | 'share' | 'return' | 'ratio' | 'bp';

export interface GateWords {
  readonly title: string;
  readonly unit: Unit;
  /** What is counted, or what the figure is a figure of. */
  readonly noun?: string;
  /** What would change the verdict. */
  readonly change: string;
}

const source = 'Mend the source, then search and validate again: a new source is another model.';
const days = 'More days behind the search window: a longer data set, or a new study whose search ends earlier.';
const paper = 'A run of paper trading; there is none yet, so this gate fails for every model.';
const sprint = 'Other parameters. The steps are fixed beforehand, so a longer run changes nothing.';

/** Every gate in words. A test holds the list against the gates that there are. */
export const gateWords: Readonly<Record<string, GateWords>> = {
  seeds: {
    title: 'Seeds',
    unit: 'count',
    noun: 'seeds',
    change: 'More seeds of the same trial. They only add evidence: they are no further look, and none can be taken away.',
  },
  days: { title: 'Days out of sample', unit: 'count', noun: 'days', change: days },
  'walk-forward-months': { title: 'Months of walk-forward', unit: 'count', noun: 'months', change: days },
  'smoke-steps': { title: 'Steps trained', unit: 'count', noun: 'steps', change: 'A longer training of every evaluated policy.' },
  'smoke-losses': {
    title: 'Losses that are not finite',
    unit: 'count',
    noun: 'losses',
    change: 'A lower learning rate, or smaller rewards.',
  },
  'smoke-positions': { title: 'Positions vary', unit: 'ratio', change: 'A policy that reacts to what it sees.' },
  's1-window': { title: 'Steps of the first sprint', unit: 'count', noun: 'steps', change: days },
  's1-return': { title: 'Return of the first sprint', unit: 'return', noun: 'return', change: sprint },
  's1-drawdown': { title: 'Drawdown of the first sprint', unit: 'return', noun: 'drawdown', change: sprint },
  's1-stability': {
    title: 'Stability of the first sprint',
    unit: 'count',
    noun: 'episodes',
    change: 'A policy that stays within the drawdown limit with every seed.',
  },
  's1-friction': { title: 'Costs of the first sprint', unit: 'bp', change: 'Costs that are as high as asked, from the search on.' },
  'data-quality': {
    title: 'Data quality',
    unit: 'share',
    noun: 'of the bars',
    change: 'Mended bars. They are another content of data: every trial has to be searched on them again.',
  },
  'look-ahead': {
    title: 'No look ahead',
    unit: 'count',
    noun: 'rows',
    change: `A feature, a fit or a fill that reads only what was known then. ${source}`,
  },
  causal: {
    title: 'Answers from the past alone',
    unit: 'count',
    noun: 'cuts',
    change: 'A program whose answers do not depend on later bars.',
  },
  deterministic: {
    title: 'Repeated walks agree',
    unit: 'count',
    noun: 'evaluations',
    change: `Returns that the saved policy gives again. ${source}`,
  },
  friction: {
    title: 'Costs charged',
    unit: 'bp',
    change: 'Costs that are at least as high as asked, in the search and in every evaluation; then search again.',
  },
  stability: {
    title: 'Stability',
    unit: 'count',
    noun: 'episodes',
    change: 'A policy that stays within the drawdown limit with every seed: other parameters, or smaller positions.',
  },
  shaping: {
    title: 'Reward follows the profit',
    unit: 'share',
    noun: 'of the reward',
    change: 'Less shaping in the training reward; then search again.',
  },
  folds: {
    title: 'Positive folds',
    unit: 'share',
    noun: 'of the folds',
    change: 'An edge that holds in more of the folds. The folds cannot be moved after a result.',
  },
  evidence: {
    title: 'Evidence of skill',
    unit: 'probability',
    noun: 'that it earns more than 0',
    change:
      'A higher Sharpe ratio with every seed above 0, or more out-of-sample days with the same ratio. Each further model judged on these days raises the bar, and more trials do not help.',
  },
  'beats-baseline': {
    title: 'Beats the baselines',
    unit: 'probability',
    noun: 'chance of the difference by luck alone',
    change: 'A larger difference to the best rival, or the same difference over more days.',
  },
  'beats-linear': {
    title: 'Beats the linear rule',
    unit: 'probability',
    noun: 'chance of the difference by luck alone',
    change: 'An edge that a linear rule does not have.',
  },
  stress: {
    title: 'Survives stress',
    unit: 'return',
    noun: 'at the worst',
    change: 'An edge that is larger than its costs and does not rest on a few days or on the bar of the decision.',
  },
  ablation: { title: 'Each part helps', unit: 'ratio', change: 'An ablation in which the trial loses without the part that is judged.' },
  'deflated-sharpe': {
    title: 'Better than the luckiest trial',
    unit: 'probability',
    noun: 'that it is better than luck',
    change: 'A higher Sharpe ratio of the worst seed, or more days. The number of trials on the same data never falls.',
  },
  overfit: {
    title: 'Picking does not lose',
    unit: 'share',
    noun: 'of the halves lose',
    change:
      'A search whose best trial on one half of the inner days also earns on the other; at least ten complete trials with daily returns.',
  },
  drift: {
    title: 'Keeps what the search promised',
    unit: 'ratio',
    noun: 'of the ratio kept',
    change: 'A walk-forward that keeps more of the ratio of the search.',
  },
  'sortino-band': {
    title: 'Sortino ratio in its band',
    unit: 'ratio',
    change: 'A ratio inside the band of the phase; above it is as odd as below.',
  },
  vault: {
    title: 'The vault',
    unit: 'probability',
    noun: 'that it earns more than 0',
    change: 'The one look, once all other gates pass: assay vault open. Its first result stays.',
  },
  champion: {
    title: 'Beats the champion',
    unit: 'ratio',
    noun: 'at the lower end of the difference',
    change: 'A larger difference to the version in use on the same days, data, seeds and costs; or the end of its evidence.',
  },
  's2-paper-window': { title: 'Length of the paper run', unit: 'count', noun: 'days', change: paper },
  's2-paper-sortino': { title: 'Sortino ratio on paper', unit: 'ratio', change: paper },
  's2-paper-drawdown': { title: 'Drawdown on paper', unit: 'return', change: paper },
  's2-paper-win-days': { title: 'Days won on paper', unit: 'share', change: paper },
  's2-paper-win-trades': { title: 'Trades won on paper', unit: 'share', change: paper },
  's2-paper-catastrophic': { title: 'Catastrophic incidents', unit: 'count', noun: 'incidents', change: paper },
  's2-capital': { title: 'Capital of the deployment', unit: 'ratio', change: paper },
  's2-paper-parity': { title: 'Decisions as in the backtest', unit: 'count', noun: 'decisions', change: paper },
  's2-paper-uptime': { title: 'Uptime', unit: 'share', change: paper },
  's2-paper-drill': { title: 'Kill switch drills', unit: 'count', noun: 'drills', change: paper },
  's2-paper-one-version': { title: 'One version throughout', unit: 'count', noun: 'versions', change: paper },
  's2-paper-costs': { title: 'Costs as modelled', unit: 'ratio', change: paper },
  's2-paper-psr': { title: 'Evidence of the paper run', unit: 'probability', change: paper },
};

/** A gate of another release has its name only. */
export function wordsOf(gate: string): GateWords {
  return gateWords[gate] ?? { title: gate, unit: 'ratio', change: 'This release does not know the gate; the record has its policy whole.' };
}

/** What would change a verdict: where nothing was observed, that it is. */
export function changeOf({ gate, ...verdict }: Pick<Verdict, 'gate' | 'observed' | 'nonFinite'>): string {
  return isUnknown(verdict)
    ? 'What is missing, measured: the reason says what. Validating the trial again trains nothing that is done, and looks at nothing twice.'
    : wordsOf(gate).change;
}

/**
 * A figure in its unit. `rounding`: a probability is never rounded across a bound that it misses, so it goes down where more is asked and
 * up where less is. One that more is asked of is never certain: a double near 1 holds no more than 16 digits.
 */
export function sayFigure(unit: Unit, x: number, rounding: 'down' | 'up' = 'down'): string {
  if (!Number.isFinite(x)) return value(x);
  switch (unit) {
    case 'count':
      return Number.isInteger(x) ? count(x) : value(x);
    case 'bp':
      return `${value(x)} bp`;
    case 'return':
    case 'share':
      return percent(x);
    case 'ratio':
      return value(x);
    case 'probability': {
      const digits = x > 0.99 || x < 0.01 ? 3 : 1;
      const scaled = 100 * x * 10 ** digits;
      const rounded = rounding === 'down' ? Math.floor(scaled + 1e-9) : Math.ceil(scaled - 1e-9);
      if (rounded === 0 && x > 0) return `below ${(10 ** -digits).toFixed(digits)} %`;
      if (rounded >= 100 * 10 ** digits && (x < 1 || rounding === 'down')) return `above ${(100 - 10 ** -digits).toFixed(digits)} %`;
      return `${(rounded / 10 ** digits).toFixed(digits)} %`;
    }
  }
}
