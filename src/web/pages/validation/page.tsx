import type { VNode } from 'preact';
import type { PageProps } from '../../app/routes.ts';
import { FoldStrip } from '../../charts/fold-strip.tsx';
import { Notes } from '../../charts/notes.tsx';
import { defineCodec, number, oneOf, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { Command } from '../../parts/command.tsx';
import { GateChecklist } from '../../parts/gate-checklist.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PromoteButton } from '../../parts/promote-dialog.tsx';
import { EquityCharts } from './equity.tsx';
import { Luck } from './luck.tsx';
import { bySearch, validatedTrials } from './out-of-sample.ts';
import { Degradation, SameData } from './out-of-sample.tsx';
import { Overfit } from './overfit.tsx';
import { Checks, Paths, Stress } from './robustness.tsx';
import { TrialPicker } from './trial-picker.tsx';
import { VaultLook } from './vault.tsx';
import { VerdictBanner } from './verdict.tsx';
import '../../style/content.css';
import './validation.css';

const codec = defineCodec({
  trial: number({ whole: true, low: 0 }),
  seed: number({ whole: true }),
  metric: text(),
  policy: text(),
  costs: oneOf(['net', 'gross']),
  folds: oneOf(['row', 'apart']),
  param: text(),
});

type View = ReturnType<typeof codec.parse>['view'];

/** Whether a trial may be promoted, and everything that this rests on. Nothing is trained or evaluated by looking. */
export default function Validation({ params }: PageProps): VNode {
  const study = params['study']!;
  const { view, notes, change } = useView(codec);
  const validated = useAnswer({
    path: '/v1/studies/{}/charts/degradation',
    parts: [study],
    query: { metric: view.metric },
    everyMs: 30_000,
  });
  const { data } = validated.value;
  const items = data === undefined ? [] : validatedTrials(data);
  const trial = view.trial ?? bySearch(items)[0]?.number;
  return (
    <div class="stack">
      <Notes notes={notes} />
      <Panel
        title="Validated trials"
        answer={validated}
        isEmpty={(answer) => answer.items.length === 0 && view.trial === null}
        empty={
          <>
            <p>
              No trial of this study was validated, so there is nothing to promote. This command trains the three best again, with three
              seeds, on folds that the search never saw; it runs where the study's file is.
            </p>
            <Command text={`assay validate ${study} --top 3 --seeds 3`} label="validate" />
          </>
        }
      >
        {() => <TrialPicker study={study} items={items} trial={trial} onPick={(next) => change({ trial: next, seed: null })} />}
      </Panel>
      {trial !== undefined && (
        <Trial key={`${trial} ${view.policy}`} study={study} trial={trial} view={view} change={change} validated={validated} />
      )}
    </div>
  );
}

interface TrialProps {
  readonly study: string;
  readonly trial: number;
  readonly view: View;
  readonly change: (part: Partial<View>) => boolean;
  readonly validated: ReturnType<typeof useAnswer<'/v1/studies/{}/charts/degradation'>>;
}

function Trial({ study, trial, view, change, validated }: TrialProps): VNode {
  const parts = [study, trial] as const;
  const address = `${study}#${trial}`;
  const gates = useAnswer({ path: '/v1/studies/{}/trials/{}/gates', parts, query: { policy: view.policy } });
  const validation = useAnswer({ path: '/v1/studies/{}/trials/{}/validation', parts, everyMs: 30_000 });
  const folds = useAnswer({ path: '/v1/studies/{}/trials/{}/validation/folds', parts });
  const equity = useAnswer({ path: '/v1/studies/{}/trials/{}/validation/equity', parts });
  const luck = useAnswer({ path: '/v1/studies/{}/charts/luck', parts: [study], query: { number: trial } });
  const overfit = useAnswer({ path: '/v1/studies/{}/charts/overfit', parts: [study] });
  const paths = useAnswer({ path: '/v1/studies/{}/trials/{}/paths', parts });
  const vault = useAnswer({ path: '/v1/studies/{}/trials/{}/vault', parts });
  const detail = useAnswer({ path: '/v1/studies/{}', parts: [study] });
  const names = Object.keys(detail.value.data?.space ?? {});
  const param = view.param === '' ? names[0] : view.param;
  const sameData = useAnswer({
    path: '/v1/studies/{}/charts/same-data',
    parts: [study],
    query: { param, metric: view.metric },
    enabled: param !== undefined,
  });
  return (
    <>
      <Panel title="Verdict" answer={gates}>
        {(answer) => (
          <VerdictBanner
            gates={answer}
            validation={validation.value.data?.items[0]}
            action={<PromoteButton study={study} trial={trial} policy={view.policy} />}
          />
        )}
      </Panel>
      <Panel title="Gates" answer={gates}>
        {({ verdicts, policies }) => (
          <GateChecklist verdicts={verdicts} policies={policies.map(({ version }) => version)} label={`Gates of ${address}`} />
        )}
      </Panel>
      <Panel
        title="Equity and drawdown, out of sample"
        answer={equity}
        isEmpty={(answer) => answer.folds.length === 0}
        empty={
          <>
            <p>Nothing was evaluated yet. This command evaluates the trial on every fold, where the study's file is:</p>
            <Command text={`assay validate ${address}`} label="validate this trial" />
          </>
        }
      >
        {(answer) => (
          <EquityCharts
            equity={answer}
            setting={{ costs: view.costs, folds: view.folds, seed: view.seed }}
            onChange={(part) => change(part)}
          />
        )}
      </Panel>
      <Panel
        title="Where the days lie"
        answer={folds}
        isEmpty={(answer) => answer.folds.length === 0}
        empty={<p>There are no folds yet.</p>}
      >
        {(answer) => (
          <>
            <FoldStrip data={answer} title={`Folds of ${address}`} />
            <p class="muted small-text">
              Dots: the net return of each seed on the test part; the bar beside them: the worst. What is left out lies between training and
              test, so that no position and no label reaches across.
            </p>
          </>
        )}
      </Panel>
      <Panel title="How much of this is luck?" answer={luck}>
        {(answer) => <Luck luck={answer} evidence={gates.value.data?.verdicts.find(({ gate }) => gate === 'evidence')} />}
      </Panel>
      <Panel title="Over-fitting of the search" answer={overfit}>
        {(answer) => <Overfit overfit={answer} />}
      </Panel>
      <div class="pair">
        <Panel title="What the search promised" answer={validated}>
          {(answer) => <Degradation chart={answer} trial={trial} onSelect={(next) => change({ trial: next, seed: null })} />}
        </Panel>
        <Panel title="All studies on the same data" answer={sameData}>
          {(answer) => <SameData chart={answer} params={names} param={param ?? ''} onParam={(next) => change({ param: next })} />}
        </Panel>
      </div>
      <div class="pair">
        <Panel title="In a harder market" answer={validation}>
          {({ items: [item] }) => (item === undefined ? <p>Nothing was evaluated yet.</p> : <Stress validation={item} />)}
        </Panel>
        <Panel title="What was looked for" answer={validation}>
          {({ items: [item] }) => (item === undefined ? <p>Nothing was evaluated yet.</p> : <Checks checks={item.checks} />)}
        </Panel>
      </div>
      <Panel title="The vault" answer={vault}>
        {(answer) => <VaultLook answer={answer} />}
      </Panel>
      <Panel title="Paths of another scheme" answer={paths}>
        {(answer) => <Paths paths={answer} address={address} />}
      </Panel>
      <Limits />
    </>
  );
}

/** What none of this shows. */
function Limits(): VNode {
  return (
    <section class="panel limits">
      <h2>What this cannot tell</h2>
      <ul>
        <li>The future: the gates speak of these days. A promotion expires.</li>
        <li>Small edges: most true edges are refused, so a refusal is no proof that there is none.</li>
        <li>What you knew: who chose the market, the years or the features after seeing them has looked, and no counter saw it.</li>
        <li>Looks at other bars: the same days from another vendor, adjusted, or as bars of another length are counted from 0.</li>
        <li>Size: a larger account than the simulated one pays more than it says.</li>
      </ul>
    </section>
  );
}
