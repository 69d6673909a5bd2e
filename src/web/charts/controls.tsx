import type { VNode } from 'preact';
import { count } from '../../plot/format.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { type ChartState, chartStates } from './states.ts';
import './controls.css';

interface SegmentsProps<Word extends string> {
  readonly label: string;
  readonly value: Word;
  readonly options: readonly (readonly [Word, string])[];
  readonly onChange: (value: Word) => void;
}

/** One of a few settings of a chart, all in sight. */
export function Segments<Word extends string>({ label, value, options, onChange }: SegmentsProps<Word>): VNode {
  return (
    <fieldset class="segments">
      <legend>{label}</legend>
      {options.map(([word, text]) => (
        <button key={word} type="button" class="small" aria-pressed={word === value} onClick={() => onChange(word)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}

interface ScalePickProps {
  readonly value: 'linear' | 'log';
  readonly onChange: (value: 'linear' | 'log') => void;
}

/** Whether the axis of the values is linear or logarithmic. */
export function ScalePick({ value, onChange }: ScalePickProps): VNode {
  const options = [
    ['linear', 'linear'],
    ['log', 'log'],
  ] as const;
  return <Segments label="Values" value={value} options={options} onChange={onChange} />;
}

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}

/** One of many settings. */
export function Pick({ label, value, options, onChange }: PickProps): VNode {
  return (
    <label class="pick">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([word, text]) => (
          <option key={word} value={word}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface StateFilterProps {
  readonly counts: Readonly<Record<ChartState, number>> | undefined;
  /** Empty: those that each chart is about. */
  readonly states: readonly ChartState[];
  readonly onChange: (states: readonly ChartState[]) => void;
}

/** The states of trials with their numbers, each a switch. None pressed: no filter. */
export function StateFilter({ counts, states, onChange }: StateFilterProps): VNode {
  const shown = chartStates.filter((state) => states.includes(state) || counts === undefined || counts[state] > 0);
  return (
    <fieldset class="segments">
      <legend>States</legend>
      {shown.map((state) => (
        <button
          key={state}
          type="button"
          class="small"
          aria-pressed={states.includes(state)}
          onClick={() => onChange(chartStates.filter((each) => (each === state) !== states.includes(each)))}
        >
          <StateMark state={state} /> <span class="number">{counts === undefined ? '' : count(counts[state])}</span>
        </button>
      ))}
      {states.length > 0 && (
        <button type="button" class="small" onClick={() => onChange([])}>
          Any
        </button>
      )}
    </fieldset>
  );
}
