import type { VNode } from 'preact';
import type { Answers } from '../../data/api.ts';
import { useAnswer } from '../../data/query.ts';
import { ProblemNote } from '../../parts/panel.tsx';
import { comparedParams, type Params, type ParamValue, parameterText } from '../../parts/parameters.ts';
import type { Champion } from './champion.ts';

type Detail = Answers['/v1/studies/{}/trials/{}'];

interface ParametersProps {
  readonly study: string;
  readonly trial: Detail;
  /** The trial to compare with; null: none. */
  readonly other: number | null;
  readonly champion: Champion | null;
  readonly onOther: (number: number | null) => void;
}

/** Parameters beside those of another trial, what differs first. */
export function Parameters({ study, trial, other, champion, onOther }: ParametersProps): VNode {
  const compared = useAnswer({ path: '/v1/studies/{}/trials/{}', parts: [study, other ?? 0], enabled: other !== null });
  const { data, error, refetch } = compared.value;
  const beside = other === null ? null : (data?.params ?? null);
  const rows = comparedParams(trial.params, beside);
  const differing = rows.filter(({ differs }) => differs).length;
  const role = other === null ? '' : champion?.number === other ? `, champion of ${champion.model}` : '';
  return (
    <>
      <label class="pick">
        <span>Compared with trial</span>
        <input
          class="trial-number"
          type="number"
          min={0}
          value={other ?? ''}
          onChange={(event) => onOther(event.currentTarget.value === '' ? null : event.currentTarget.valueAsNumber)}
        />
        <span>{role}</span>
      </label>
      {other !== null && error !== null && <ProblemNote problem={error} again={() => void refetch()} />}
      {rows.length === 0 ? (
        <p>It has no parameters.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that it can be scrolled by keys
        <section class="scroll" tabIndex={0} aria-label="Parameters">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Parameter</th>
                <th scope="col" class="right">
                  #{trial.number}
                </th>
                {beside !== null && (
                  <th scope="col" class="right">
                    <a href={`/studies/${encodeURIComponent(study)}/trials/${other}`}>#{other}</a>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, mine, other: theirs, differs }) => (
                <tr key={name} class={differs ? 'differs' : undefined}>
                  <th scope="row" title={name}>
                    {differs && <span aria-hidden="true">≠ </span>}
                    {differs && <span class="visually-hidden">different: </span>}
                    {name}
                  </th>
                  <Cell of={mine} />
                  {beside !== null && <Cell of={theirs} />}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {beside !== null && <p class="muted small-text">{summary(differing, rows.length, trial.params, beside)}</p>}
    </>
  );
}

function Cell({ of }: { readonly of: ParamValue }): VNode {
  return (
    <td class="right number" title={of === undefined ? 'it does not have this parameter' : String(of)}>
      {parameterText(of)}
    </td>
  );
}

function summary(differing: number, all: number, mine: Params, other: Params): string {
  if (differing === 0) return `All ${all} parameters are the same.`;
  const only = Object.keys(mine).filter((name) => !(name in other)).length + Object.keys(other).filter((name) => !(name in mine)).length;
  return `${differing} of ${all} differ${only === 0 ? '' : `, ${only} of them exist in one of the two only`}.`;
}
