import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Equity } from '../../api/routes/charts/equity.ts';
import { FoldStrip } from '../charts/fold-strip.tsx';
import { useAnswer } from '../data/query.ts';
import { EquityCharts } from '../pages/validation/equity.tsx';
import { Luck } from '../pages/validation/luck.tsx';
import { Degradation } from '../pages/validation/out-of-sample.tsx';
import { Overfit } from '../pages/validation/overfit.tsx';
import { Checks, Stress } from '../pages/validation/robustness.tsx';
import { VerdictBanner } from '../pages/validation/verdict.tsx';
import '../pages/validation/validation.css';
import { GateChecklist } from '../parts/gate-checklist.tsx';
import { Panel } from '../parts/panel.tsx';

/** What a validated trial showed on days that the search never saw, with the parts of its page. */
export function Evidence({ study, trial }: { readonly study: string; readonly trial: number }): VNode {
  const parts = [study, trial] as const;
  const gates = useAnswer({ path: '/v1/studies/{}/trials/{}/gates', parts });
  const validation = useAnswer({ path: '/v1/studies/{}/trials/{}/validation', parts });
  const folds = useAnswer({ path: '/v1/studies/{}/trials/{}/validation/folds', parts });
  const equity = useAnswer({ path: '/v1/studies/{}/trials/{}/validation/equity', parts });
  const luck = useAnswer({ path: '/v1/studies/{}/charts/luck', parts: [study], query: { number: trial } });
  const overfit = useAnswer({ path: '/v1/studies/{}/charts/overfit', parts: [study] });
  const validated = useAnswer({ path: '/v1/studies/{}/charts/degradation', parts: [study] });
  const address = `${study}#${trial}`;
  return (
    <>
      <Panel title="Verdict" answer={gates}>
        {(answer) => <VerdictBanner gates={answer} validation={validation.value.data?.items[0]} action={null} />}
      </Panel>
      <Panel title="Gates" answer={gates}>
        {({ verdicts, policies }) => (
          <GateChecklist verdicts={verdicts} policies={policies.map(({ version }) => version)} label={`Gates of ${address}`} />
        )}
      </Panel>
      <Panel title="Equity and drawdown, out of sample" answer={equity}>
        {(answer) => <EquityOf equity={answer} />}
      </Panel>
      <Panel title="Where the days lie" answer={folds}>
        {(answer) => <FoldStrip data={answer} title={`Folds of ${address}`} />}
      </Panel>
      <Panel title="How much of this is luck?" answer={luck}>
        {(answer) => <Luck luck={answer} evidence={gates.value.data?.verdicts.find(({ gate }) => gate === 'evidence')} />}
      </Panel>
      <Panel title="Over-fitting of the search" answer={overfit}>
        {(answer) => <Overfit overfit={answer} />}
      </Panel>
      <Panel title="What the search promised" answer={validated}>
        {(answer) => <Degradation chart={answer} trial={trial} onSelect={() => undefined} />}
      </Panel>
      <div class="pair">
        <Panel title="In a harder market" answer={validation}>
          {({ items: [item] }) => item !== undefined && <Stress validation={item} />}
        </Panel>
        <Panel title="What was looked for" answer={validation}>
          {({ items: [item] }) => item !== undefined && <Checks checks={item.checks} />}
        </Panel>
      </div>
    </>
  );
}

function EquityOf({ equity }: { readonly equity: Equity }): VNode {
  const [setting, setSetting] = useState<Parameters<typeof EquityCharts>[0]['setting']>({ costs: 'net', folds: 'row', seed: null });
  return <EquityCharts equity={equity} setting={setting} onChange={(part) => setSetting({ ...setting, ...part })} />;
}
