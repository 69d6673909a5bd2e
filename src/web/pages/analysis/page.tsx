import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../../app/router.ts';
import type { PageProps } from '../../app/routes.ts';
import { Pick, StateFilter } from '../../charts/controls.tsx';
import { Notes } from '../../charts/notes.tsx';
import { chartStates } from '../../charts/states.ts';
import { defineCodec, list, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { fieldText } from '../../parts/field-text.ts';
import { ProblemNote } from '../../parts/panel.tsx';
import '../../style/content.css';
import { Contour } from './contour.tsx';
import { Distribution } from './distribution.tsx';
import { Fronts } from './fronts.tsx';
import { orderedParams } from './params.ts';
import { Slices } from './slices.tsx';
import './analysis.css';

const codec = defineCodec({
  params: list(),
  pair: list(),
  objective: text(),
  metric: text(),
  where: text(),
  states: list(chartStates),
});

/** How the value depends on the parameters: slices, maps of two, the distribution of the values, trade-offs of several objectives. */
export default function Analysis({ params }: PageProps): VNode {
  const name = params['study']!;
  const { view, notes, change } = useView(codec);
  const study = useAnswer({ path: '/v1/studies/{}', parts: [name] });
  const detail = study.value.data;
  const [marked, setMarked] = useState<number | null>(null);
  const { objective, metric, where, states } = view;
  const filter = { objective, metric, where, states };
  // A small answer that says which parameters vary at all.
  const varying = useAnswer({ path: '/v1/studies/{}/charts/parallel', parts: [name], query: { ...filter, maxPoints: 10 } });
  const importance = useAnswer({ path: '/v1/studies/{}/charts/importance', parts: [name], query: { objective, where } });
  const best = useAnswer({ path: '/v1/studies/{}/best', parts: [name], query: { top: 1 } });
  const metrics = Object.keys(best.value.data?.trials[0]?.metrics ?? {});
  const names = orderedParams(varying.value.data?.axes ?? [], importance.value.data?.items ?? []);
  const open = (number: number): void => go(`/studies/${encodeURIComponent(name)}/trials/${number}`);
  const shared = { name, filter, marked, onMark: setMarked, onOpen: open };
  const failed = varying.value.error;
  const several = detail?.objectives ?? null;
  return (
    <div class="stack">
      <div class="filter-bar">
        <StateFilter counts={detail?.counts} states={states} onChange={(next) => change({ states: next })} />
        {several !== null && (
          <Pick
            label="Objective"
            value={objective}
            options={several.map((goal, i) => [i === 0 ? '' : goal.name, goal.name] as const)}
            onChange={(next) => change({ objective: next })}
          />
        )}
        {metrics.length > 0 && (
          <Pick
            label="Draw"
            value={metric}
            options={[['', 'the objective'], ...metrics.map((each) => [each, `metric ${each}`] as const)]}
            onChange={(next) => change({ metric: next })}
          />
        )}
        <WhereField where={where} onChange={(next) => change({ where: next })} />
      </div>
      <Notes notes={notes} />
      {failed !== null && <ProblemNote problem={failed} again={() => void varying.value.refetch()} />}
      {varying.value.data !== undefined && names.length === 0 && (
        <p class="panel">No parameter varies among the trials that match, so there is nothing to compare.</p>
      )}
      {names.length > 0 && <Slices {...shared} names={names} chosen={view.params} onChosen={(next) => change({ params: next })} />}
      {names.length > 1 && (
        <Contour
          {...shared}
          names={names}
          complete={detail?.counts.complete ?? 0}
          pair={view.pair}
          onPair={(next) => change({ pair: next })}
        />
      )}
      <Distribution name={name} filter={filter} />
      {several !== null && <Fronts {...shared} filter={{ where }} />}
    </div>
  );
}

/** A filter over trials in the language of the API; applied with Enter. */
function WhereField({ where, onChange }: { readonly where: string; readonly onChange: (where: string) => void }): VNode {
  return (
    <form
      class="where"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(fieldText(event.currentTarget, 'where'));
      }}
    >
      <label class="pick">
        <span>Where</span>
        <input key={where} name="where" defaultValue={where} placeholder="lr<1e-3 and value>1" autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit" class="small">
        Apply
      </button>
    </form>
  );
}
