import type { VNode } from 'preact';
import type { DegradationChart } from '../../../api/routes/charts/degradation.ts';
import { value } from '../../../plot/format.ts';

interface TrialPickerProps {
  readonly study: string;
  readonly items: DegradationChart['items'];
  readonly trial: number | undefined;
  readonly onPick: (trial: number) => void;
}

/** The validated trials, the best of the search first; each is a link to its own view of this page. */
export function TrialPicker({ study, items, trial, onPick }: TrialPickerProps): VNode {
  const sorted = items.toSorted((a, b) => (b.inSample ?? -Infinity) - (a.inSample ?? -Infinity));
  return (
    <ul class="picker">
      {sorted.map(({ number, inSample, outOfSample, complete }) => (
        <li key={number}>
          <a
            href={`/studies/${encodeURIComponent(study)}/validation?trial=${number}`}
            aria-current={number === trial ? 'true' : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
              event.preventDefault();
              onPick(number);
            }}
          >
            <strong>#{number}</strong>
            <span class="number">
              {value(inSample, 3)} → {value(outOfSample, 3)}
            </span>
            {!complete && <span>unfinished</span>}
          </a>
        </li>
      ))}
      <li class="muted">searched → out of sample</li>
    </ul>
  );
}
