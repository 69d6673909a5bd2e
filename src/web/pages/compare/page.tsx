import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { value } from '../../../plot/format.ts';
import { useKeys } from '../../app/keys.ts';
import type { Answers } from '../../data/api.ts';
import { defineCodec, list, oneOf, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { FilterField, Notes } from '../../parts/filter.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Value } from '../../parts/value.tsx';
import '../data/data.css';
import { Histories } from './histories.tsx';

type Comparison = Answers['/v1/compare'];
type Compared = Comparison['studies'][number];

const mostStudies = 20;
const codec = defineCodec({ studies: list(), baseline: text(), metric: text(), group: oneOf(['', 'parameters', 'none']) });

/** Studies side by side: their best and their spread as differences from a baseline, and the parameters in which the best trials differ. */
export default function Compare(): VNode {
  const { view, notes, change } = useView(codec);
  const studies = view.studies.slice(0, mostStudies);
  const answer = useAnswer({
    path: '/v1/compare',
    query: { studies, metric: view.metric, group: view.group },
    enabled: studies.length > 0,
  });
  const known = useAnswer({ path: '/v1/studies', query: { limit: 50 } }).value.data;
  const filter = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => filter.current?.focus() });
  const others = known?.items.map(({ name }) => name).filter((name) => !view.studies.includes(name)) ?? [];
  return (
    <>
      <Notes notes={notes} />
      <div class="tools">
        <label class="bar-field">
          Add
          <select
            value=""
            disabled={others.length === 0 || view.studies.length >= mostStudies}
            onChange={(event) => change({ studies: [...view.studies, event.currentTarget.value] })}
          >
            <option value="">a study</option>
            {others.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {studies.length > 0 && (
          <FilterField
            label="By"
            input={filter}
            value={view.metric}
            placeholder="the objective, or a metric"
            onChange={(metric) => change({ metric })}
          />
        )}
        {studies.length > 0 && (
          <label class="bar-field">
            Counts
            <select value={view.group} onChange={(event) => change({ group: event.currentTarget.value as typeof view.group })}>
              <option value="">as each study says</option>
              <option value="parameters">the same parameters once, by their mean</option>
              <option value="none">each trial</option>
            </select>
          </label>
        )}
      </div>
      {studies.length === 0 ? (
        <p>Choose two studies or more, here or with the boxes in the list of studies.</p>
      ) : (
        <>
          <Panel title="Figures" answer={answer}>
            {(comparison) => <Figures comparison={comparison} baseline={view.baseline} onChange={change} chosen={view.studies} />}
          </Panel>
          <Histories studies={studies} />
          <Panel
            title="Parameters of the best trials that differ"
            answer={answer}
            isEmpty={({ params }) => params.length === 0}
            empty={<p>The best trials have the same parameters.</p>}
          >
            {(comparison) => <Params comparison={comparison} />}
          </Panel>
        </>
      )}
    </>
  );
}

interface FiguresProps {
  readonly comparison: Comparison;
  readonly baseline: string;
  readonly chosen: readonly string[];
  readonly onChange: (part: { readonly baseline?: string; readonly studies?: readonly string[] }) => void;
}

function Figures({ comparison: { studies, metric }, baseline, chosen, onChange }: FiguresProps): VNode {
  const base = studies.find(({ study }) => study === baseline) ?? studies[0];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys
    <section class="wide" tabIndex={0} aria-label="Figures, scrolls sideways">
      <table class="data-sets">
        <thead>
          <tr>
            <th scope="col">Study</th>
            <th scope="col">Goal</th>
            <th scope="col">Best trial</th>
            <th scope="col" class="right">
              Best {metric ?? 'value'}
            </th>
            <th scope="col" class="right">
              Its trials
            </th>
            <th scope="col" class="right">
              Its worst
            </th>
            <th scope="col" class="right">
              Against the baseline
            </th>
            <th scope="col" class="right">
              Mean
            </th>
            <th scope="col" class="right">
              Median
            </th>
            <th scope="col" class="right">
              Deviation
            </th>
            <th scope="col" class="right">
              n
            </th>
            <th scope="col">
              <span class="visually-hidden">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {studies.map((each) => (
            <tr key={each.study}>
              <th scope="row">
                <a href={`/studies/${encodeURIComponent(each.study)}`}>{each.study}</a>
              </th>
              <td>{each.direction}</td>
              <td>
                {each.best === null ? (
                  '–'
                ) : (
                  <a href={`/studies/${encodeURIComponent(each.study)}/trials/${each.best.number}`}>#{each.best.number}</a>
                )}
              </td>
              <td class="right">
                <Value of={each.bestFigure} nonFinite={each.nonFinite?.['bestFigure']} />
              </td>
              <td class="number right">{each.best?.configuration?.n ?? (each.best === null ? '–' : 1)}</td>
              <td class="right">
                <Value
                  of={each.best?.configuration?.worst ?? each.bestFigure}
                  nonFinite={
                    each.best?.configuration === undefined ? each.nonFinite?.['bestFigure'] : each.best.nonFinite?.['configuration.worst']
                  }
                />
              </td>
              <td class="right">{each === base ? 'baseline' : <Difference of={each} from={base} />}</td>
              <td class="right">
                <Value of={each.mean} nonFinite={each.nonFinite?.['mean']} />
              </td>
              <td class="right">
                <Value of={each.median} nonFinite={each.nonFinite?.['median']} />
              </td>
              <td class="right">
                <Value of={each.sd} nonFinite={each.nonFinite?.['sd']} />
              </td>
              <td class="number right">
                {each.n} {each.group === 'parameters' && <span class="muted">by parameters</span>}
              </td>
              <td>
                {each !== base && (
                  <button type="button" class="as-link" onClick={() => onChange({ baseline: each.study })}>
                    make it the baseline
                  </button>
                )}{' '}
                <button type="button" class="as-link" onClick={() => onChange({ studies: chosen.filter((name) => name !== each.study) })}>
                  leave out
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How the best differs from the baseline's, and whether that is better; nothing where either is missing. */
function Difference({ of, from }: { readonly of: Compared; readonly from: Compared | undefined }): VNode {
  if (from === undefined || of.bestFigure === null || from.bestFigure === null) return <span class="muted">–</span>;
  const difference = of.bestFigure - from.bestFigure;
  const better = of.direction === 'maximize' ? difference > 0 : difference < 0;
  return (
    <span class="number" title={String(difference)}>
      {difference > 0 && '+'}
      {value(difference)} {difference !== 0 && <span class="muted">{better ? 'better' : 'worse'}</span>}
    </span>
  );
}

function Params({ comparison: { studies, params } }: { readonly comparison: Comparison }): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys
    <section class="wide" tabIndex={0} aria-label="Parameters, scrolls sideways">
      <table class="data-sets">
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            {studies.map(({ study }) => (
              <th key={study} scope="col" class="right">
                {study}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {params.map(({ name, values }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {studies.map(({ study }, i) => {
                const given = values[i];
                return (
                  <td key={study} class="right">
                    {typeof given === 'number' ? <Value of={given} /> : String(given ?? '–')}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
