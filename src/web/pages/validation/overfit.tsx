import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { OverfitChart } from '../../../api/routes/charts/overfit.ts';
import { count, percent, value } from '../../../plot/format.ts';
import { Figure } from '../../charts/figure.tsx';
import type { Series } from '../../charts/marks.ts';
import { Plot } from '../../charts/plot.tsx';
import { RankBump } from '../../charts/rank-bump.tsx';
import { StateMark } from '../../parts/state-mark.tsx';

const axes = {
  x: { kind: 'linear' as const, label: 'logit of the rank on the other half', clip: false, include: [0] },
  y: { kind: 'linear' as const, label: 'halves', include: [0] },
};

/** Whether picking the best by one half of the inner days works on the other half. */
export function Overfit({ overfit }: { readonly overfit: OverfitChart }): VNode {
  const { logits, ranks, because } = overfit;
  const series = useMemo<readonly Series[]>(() => {
    const part = (below: boolean): Series => {
      const at = logits.n.flatMap((_, i) => ((logits.x1[i] ?? 0) <= 0 === below ? [i] : []));
      return {
        kind: 'bars',
        name: below ? 'the winner is in the lower half there' : 'in the upper half',
        colour: below ? 'var(--fail)' : 'var(--series-1)',
        x0: at.map((i) => logits.x0[i] ?? Number.NaN),
        x1: at.map((i) => logits.x1[i] ?? Number.NaN),
        y: at.map((i) => logits.n[i]!),
      };
    };
    return [part(true), part(false)];
  }, [logits]);
  if (because !== null)
    return (
      <p class="luck-sentence">
        Over-fitting cannot be measured here: {because}. Unknown passes no gate that asks for it
        {overfit.severity === 'warn' && ', and warns where a policy only warns'}.
      </p>
    );
  return (
    <div class="split">
      <div class="luck-words">
        <LossSentence overfit={overfit} />
        <p>
          In <b>{count(overfit.belowMedian)}</b> of <b>{count(overfit.combinations)}</b> halves the best trial of one half was in the lower
          half on the other: PBO <b class="number">{percent(overfit.pbo)}</b>. It refuses nothing: where all trials share one edge, the best
          of one half is an ordinary one of the other, and PBO is near 50 % though nothing is over-fitted.
        </p>
        <p class="muted">
          Slope of the ratio there on that here: <span class="number">{value(overfit.slope, 3)}</span>. {count(overfit.trials)} complete
          trials, {count(overfit.days)} inner days in {count(overfit.blocks)} blocks.
        </p>
      </div>
      <Figure
        title="Rank of the winner on the other half"
        finding={`Left of 0 the winner was below the median: ${percent(overfit.pbo)} of the halves.`}
        table={() => ({ columns: ['from', 'to', 'halves'], rows: logits.n.map((n, i) => [logits.x0[i] ?? null, logits.x1[i] ?? null, n]) })}
      >
        <Plot title="Logits of the winner's rank on the other half" series={series} axes={axes} height={200} />
      </Figure>
      <Figure
        title="Earlier half against later half"
        finding="Each line is a trial: its rank by the earlier half of the inner days, and by the later. Lines that cross much say that ranks do not last."
        shown={ranks.number.length}
        used={overfit.trials}
        total={overfit.total}
        table={() => ({
          columns: ['trial', 'earlier half', 'later half'],
          rows: ranks.number.map((n, i) => [n, ranks.first[i] ?? null, ranks.second[i] ?? null]),
        })}
      >
        <RankBump number={ranks.number} first={ranks.first} second={ranks.second} />
      </Figure>
    </div>
  );
}

function LossSentence({ overfit }: { readonly overfit: OverfitChart }): VNode {
  const { probabilityOfLoss, losing, combinations, threshold, severity } = overfit;
  const loses = probabilityOfLoss === null ? 'unknown' : percent(probabilityOfLoss);
  const holds = threshold !== null && probabilityOfLoss !== null && probabilityOfLoss <= threshold;
  return (
    <p class="luck-sentence">
      {threshold !== null && (
        <>
          <StateMark
            state={holds ? 'pass' : severity === 'warn' ? 'warn' : 'fail'}
            word={holds ? 'passes' : severity === 'warn' ? 'warns' : 'refuses'}
          />
          :{' '}
        </>
      )}
      The best trial of one half of the inner days <b>loses</b> on the other in <b>{count(losing)}</b> of <b>{count(combinations)}</b>{' '}
      halves: P(loss) <b class="number">{loses}</b>
      {threshold === null
        ? ', of which the gate policy of this study asks nothing.'
        : `, at most ${percent(threshold)} is asked${severity === 'warn' ? ' as a warning' : ''}.`}
    </p>
  );
}
