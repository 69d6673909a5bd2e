import type { VNode } from 'preact';
import { value } from '../../../plot/format.ts';
import { bySearch, type Validated } from './out-of-sample.ts';

interface TrialPickerProps {
  readonly study: string;
  readonly items: readonly Validated[];
  readonly trial: number | undefined;
  readonly onPick: (trial: number) => void;
}

/** The validated trials, the best of the search first; each is a link to its own view of this page. */
export function TrialPicker({ study, items, trial, onPick }: TrialPickerProps): VNode {
  const said = (x: number): string => value(Number.isNaN(x) ? null : x, 3);
  return (
    <ul class="picker">
      {bySearch(items).map(({ number, inSample, outOfSample, complete }) => (
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
              {said(inSample)} → {said(outOfSample)}
            </span>
            {!complete && <span>unfinished</span>}
          </a>
        </li>
      ))}
      <li class="muted">searched → out of sample</li>
    </ul>
  );
}
