import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { LuckChart } from '../../../api/routes/charts/luck.ts';
import { count, value } from '../../../plot/format.ts';
import { Figure } from '../../charts/figure.tsx';
import type { Series } from '../../charts/marks.ts';
import { Plot } from '../../charts/plot.tsx';
import { sayFigure } from '../../parts/gate-words.ts';
import type { Verdict } from '../../parts/verdict.ts';
import { luckWarnings } from './luck-words.ts';

const bars = {
  x: { kind: 'log' as const, label: 'trials', whole: true },
  y: { kind: 'linear' as const, label: 'daily Sharpe', include: [0], clip: false },
};
const shares = {
  x: { kind: 'linear' as const, label: 'daily Sharpe in the search', clip: false },
  y: { kind: 'linear' as const, label: 'trials', whole: true, include: [0] },
};

/** How much of the figure luck alone would show, in words and in two pictures. */
export function Luck({ luck, evidence }: { readonly luck: LuckChart; readonly evidence: Verdict | undefined }): VNode {
  const { observed, expectedMaximum, trialsOnSameData, trialsTried, curve, histogram } = luck;
  const against = useMemo<readonly Series[]>(() => {
    const drawn: Series[] = [
      {
        kind: 'line',
        name: 'what the luckiest of so many worthless trials shows',
        colour: 'var(--ink)',
        x: curve.trials,
        y: curve.bar.map(orNaN),
      },
    ];
    if (observed !== null)
      drawn.push({ kind: 'rule', on: 'y', at: observed, name: 'this trial, its worst seed', colour: 'var(--series-1)', dash: [] });
    if (expectedMaximum !== null)
      drawn.push({
        kind: 'points',
        name: `all ${count(trialsOnSameData)} trials on the same data`,
        colour: 'var(--fail)',
        x: [Math.max(1, trialsOnSameData)],
        y: [expectedMaximum],
        size: 10,
      });
    return drawn;
  }, [luck]);
  const spread = useMemo<readonly Series[]>(() => {
    const drawn: Series[] = [
      {
        kind: 'bars',
        name: 'trials of this study',
        colour: 'var(--series-1)',
        x0: histogram.x0.map(orNaN),
        x1: histogram.x1.map(orNaN),
        y: histogram.n,
      },
    ];
    if (expectedMaximum !== null)
      drawn.push({ kind: 'rule', on: 'x', at: expectedMaximum, name: 'expected of the luckiest', colour: 'var(--fail)', dash: [4, 3] });
    return drawn;
  }, [luck]);
  return (
    <div class="split">
      <div class="luck-words">
        <LuckSentence luck={luck} />
        {evidence !== undefined && (
          <p>
            On days that no search saw, what multiplies luck is how many models were judged on them, over all studies: k looks are asked at
            1 − (1 − level)
            <sup>1/k</sup>. Here that is <b class="number">{sayFigure('probability', evidence.threshold, 'up')}</b> that the mean of the
            seeds earns more than 0; observed:{' '}
            <b class="number">{evidence.observed === null ? 'unknown' : sayFigure('probability', evidence.observed, 'down')}</b>.
          </p>
        )}
        {luckWarnings(luck).map((warning) => (
          <p key={warning} class="caution">
            {warning}
          </p>
        ))}
      </div>
      <Figure
        title="The bar by the number of trials"
        finding={`${count(trialsTried)} trials were tried in this study, ${count(trialsOnSameData)} on the same data over all studies.`}
        table={() => ({ columns: ['trials', 'bar'], rows: curve.trials.map((n, i) => [n, curve.bar[i] ?? null]) })}
      >
        <Plot title="What luck alone shows, by the number of trials" series={against} axes={bars} height={200} />
      </Figure>
      <Figure
        title="What the search showed"
        finding="Daily Sharpe ratios of the complete trials on the inner validation, which chose them."
        shown={luck.shown}
        used={luck.used}
        total={luck.total}
        reduced={luck.reduced}
        table={() => ({
          columns: ['from', 'to', 'trials'],
          rows: histogram.n.map((n, i) => [histogram.x0[i] ?? null, histogram.x1[i] ?? null, n]),
        })}
      >
        <Plot title="Daily Sharpe ratios of the trials" series={spread} axes={shares} height={200} />
      </Figure>
    </div>
  );
}

const orNaN = (x: number | null): number => x ?? Number.NaN;

function LuckSentence({ luck }: { readonly luck: LuckChart }): VNode {
  const { observed, days, expectedMaximum, trialsOnSameData, probability, threshold, severity, seed } = luck;
  const asked =
    threshold === null
      ? 'The gate policy of this study does not ask for it: what multiplies luck on days that were never searched is the number of looks.'
      : `${sayFigure('probability', threshold, 'up')} is asked${severity === 'warn' ? ' as a warning' : ''}.`;
  if (observed === null || expectedMaximum === null)
    return <p class="luck-sentence">There are no out-of-sample days yet, so nothing can be said of luck. {asked}</p>;
  return (
    <p class="luck-sentence">
      The best of <b>{count(trialsOnSameData)}</b> worthless tries would show a daily Sharpe ratio of{' '}
      <b class="number">{value(expectedMaximum, 3)}</b> by luck alone. This one shows <b class="number">{value(observed, 3)}</b> over{' '}
      <b>{count(days)}</b> days{seed === null ? '' : ` (seed ${seed}, its worst)`}. The chance that it is better than luck:{' '}
      <b class="number">{probability === null ? 'unknown' : sayFigure('probability', probability, 'down')}</b>. {asked}
    </p>
  );
}
