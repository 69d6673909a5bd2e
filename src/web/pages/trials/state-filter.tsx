import type { VNode } from 'preact';
import { count } from '../../../plot/format.ts';
import { type TrialState, trialStates } from '../../parts/counts-bar.tsx';
import { StateMark } from '../../parts/state-mark.tsx';

interface StateFilterProps {
  readonly counts: Readonly<Record<TrialState, number>> | undefined;
  /** None: all. */
  readonly chosen: readonly TrialState[];
  readonly onChange: (chosen: readonly TrialState[]) => void;
}

/** A button for each state that occurs, with how many trials are in it. */
export function StateFilter({ counts, chosen, onChange }: StateFilterProps): VNode {
  const shown = trialStates.filter((state) => (counts?.[state] ?? 0) > 0 || chosen.includes(state));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a box and read its name before each button
    <div class="states" role="group" aria-label="States">
      {shown.map((state) => {
        const pressed = chosen.includes(state);
        return (
          <button
            key={state}
            type="button"
            aria-pressed={pressed}
            onClick={() =>
              onChange(
                pressed
                  ? chosen.filter((other) => other !== state)
                  : trialStates.filter((other) => other === state || chosen.includes(other)),
              )
            }
          >
            <StateMark state={state} /> <span class="number">{count(counts?.[state])}</span>
          </button>
        );
      })}
    </div>
  );
}
