import type { z } from '@hono/zod-openapi';
import type { ComponentChildren, VNode } from 'preact';
import type { gatesSchema } from '../../../api/routes/gates.ts';
import type { validationSchema } from '../../../api/routes/validation.ts';
import { count, percent, value } from '../../../plot/format.ts';
import { counted } from '../../parts/counted.ts';
import { sayFigure, wordsOf } from '../../parts/gate-words.ts';
import { Icon } from '../../parts/icon.tsx';
import { numberOf } from '../../parts/number-of.ts';
import { admits, isUnknown, standingOf, tallyOf, type Verdict } from '../../parts/verdict.ts';

type Validation = z.output<typeof validationSchema>;

interface VerdictBannerProps {
  readonly gates: z.output<typeof gatesSchema>;
  readonly validation: Validation | undefined;
  /** What a person can do about it. */
  readonly action: ComponentChildren;
}

/** The answer to the question that a person comes with, its reasons, and the figures that it rests on. */
export function VerdictBanner({ gates: { address, verdicts }, validation, action }: VerdictBannerProps): VNode {
  const admitted = admits(verdicts);
  const { fail, warn, asked } = tallyOf(verdicts);
  return (
    <section class="verdict" data-standing={admitted ? 'pass' : 'fail'} aria-label={`Verdict on ${address}`}>
      <div class="verdict-head">
        <span class="verdict-icon">
          <Icon name={admitted ? 'check' : 'cross'} size={28} />
        </span>
        <div>
          <p class="verdict-word">
            {admitted ? 'May be promoted: every gate that can refuse passes' : `Refused by ${counted(fail, 'gate')}`}
          </p>
          <p class="muted">
            {address}: {asked - fail} of {asked} gates that can refuse pass{warn > 0 && `; ${counted(warn, 'warning')}`}.
          </p>
        </div>
        <div class="verdict-action">{action}</div>
      </div>
      <Reasons label="Why it is refused" verdicts={verdicts.filter((verdict) => standingOf(verdict) === 'fail')} />
      <Reasons label="Warnings, which refuse nothing" verdicts={verdicts.filter((verdict) => standingOf(verdict) === 'warn')} />
      {validation !== undefined && <Figures validation={validation} />}
    </section>
  );
}

function Reasons({ verdicts, label }: { readonly verdicts: readonly Verdict[]; readonly label: string }): VNode | null {
  if (verdicts.length === 0) return null;
  return (
    <div>
      <h3>{label}</h3>
      <ul class="verdict-reasons">
        {verdicts.map((verdict) => (
          <li key={`${verdict.gate} ${verdict.version}`}>
            <strong>{wordsOf(verdict.gate).title}</strong>: {shortReason(verdict)}
          </li>
        ))}
      </ul>
    </div>
  );
}

const bounds: Readonly<Record<Verdict['op'], string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
  '==': 'exactly',
};

/** The figure against its bound; the stored reason stands whole in the checklist. */
function shortReason(verdict: Verdict): string {
  if (isUnknown(verdict)) return `unknown, which never passes: ${verdict.because}`;
  const { unit, noun = '' } = wordsOf(verdict.gate);
  const fewer = verdict.op === '<=' || verdict.op === '<';
  const observed = sayFigure(unit, verdict.observed ?? Number(verdict.nonFinite?.['observed']), fewer ? 'up' : 'down');
  const asked = sayFigure(unit, verdict.threshold, fewer ? 'down' : 'up');
  return `${observed}${noun === '' ? '' : ` ${noun}`}, where ${bounds[verdict.op]} ${asked} is asked`;
}

/** A figure of a validation, a fold or a baseline, also where it is no finite number. */
const metricOf = (of: Pick<Validation, 'metrics' | 'nonFinite'>, name: string): number | null => numberOf(of, name, of.metrics[name]);

/** What the walk-forward showed, each figure with what it has to be read against. */
function Figures({ validation }: { readonly validation: Validation }): VNode {
  const { seeds, folds, expected, looks, trialsTried, baselines } = validation;
  const returns = seeds.map((seed) =>
    folds.filter((fold) => fold.seed === seed).reduce((account, fold) => account * (1 + (metricOf(fold, 'totalReturn') ?? Number.NaN)), 1),
  );
  const hold = baselines.find(({ name }) => name === 'hold');
  const of = (name: string): number | null => metricOf(validation, name);
  const interval = (low: string, high: string): string =>
    of(low) === null ? 'no interval' : `95 %: ${value(of(low), 3)} to ${value(of(high), 3)}`;
  const windows = new Set(folds.map(({ fold }) => fold)).size;
  const facts: readonly (readonly [name: string, figure: string, beside: string])[] = [
    ['Daily Sharpe, out of sample', value(of('sharpeDaily'), 3), `mean of the seeds; ${interval('sharpeDailyLow', 'sharpeDailyHigh')}`],
    ['Annual Sharpe', value(of('sharpeAnnual'), 3), interval('sharpeAnnualLow', 'sharpeAnnualHigh')],
    [
      'Net return',
      percent(of('totalReturn')),
      `worst seed ${percent(Math.min(...returns) - 1)}; hold ${percent(hold && metricOf(hold, 'totalReturn'))}`,
    ],
    ['Largest drawdown', percent(of('maxDrawdown')), 'mean of the seeds'],
    ['Costs paid', percent(of('costs')), 'of the account; all figures are net'],
    ['Rests on', counted(of('sessions') ?? 0, 'day'), `${counted(windows, 'fold')}, ${counted(seeds.length, 'seed')}`],
    ['Looks at these days', count(looks), `${counted(trialsTried, 'trial')} tried before`],
  ];
  return (
    <>
      {folds.length < expected && (
        <p class="verdict-partial">
          {folds.length} of {expected} evaluations are done: the figures are of what there is.
        </p>
      )}
      <dl class="verdict-figures">
        {facts.map(([name, figure, beside]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span class="number">{figure}</span>
              <span class="muted">{beside}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
