import type { VNode } from 'preact';
import './state-mark.css';

/** Shapes in a square of 12: the same as in charts, so that no state is told by its colour alone. */
const marks = {
  complete: { colour: 'ink', draw: <circle cx={6} cy={6} r={4} fill="currentColor" stroke="none" /> },
  pruned: { colour: 'muted', draw: <path d="M6 1.5 10.5 6 6 10.5 1.5 6z" /> },
  failed: { colour: 'fail', draw: <path d="m2.5 2.5 7 7m0-7-7 7" /> },
  running: { colour: 'accent', draw: <circle cx={6} cy={6} r={4} /> },
  queued: { colour: 'muted', draw: <path d="M2 3.5h8M2 6h8M2 8.5h8" /> },
  paused: { colour: 'warn', draw: <path d="M4 2.5v7m4-7v7" /> },
  cancelled: { colour: 'muted', draw: <path d="M2 6h8" /> },
  stopped: { colour: 'muted', draw: <path d="M2.5 2.5h7v7h-7z" /> },
  frozen: { colour: 'warn', draw: <path d="M6 1.5v9M2 3.8l8 4.4m0-4.4L2 8.2" /> },
  idle: { colour: 'muted', draw: <circle cx={6} cy={6} r={1} fill="currentColor" /> },
  pass: { colour: 'pass', draw: <path d="m2 6.5 2.7 2.7L10 3.5" /> },
  fail: { colour: 'fail', draw: <path d="m2.5 2.5 7 7m0-7-7 7" /> },
  warn: { colour: 'warn', draw: <path d="M6 1.5 11 10.5H1zM6 5v2.5" /> },
} as const;

export type Mark = keyof typeof marks;

/** The shape, the colour and the word of a state of a trial or study, or of a verdict. `bare`: the word is read out but not shown. */
export function StateMark({
  state,
  word = state,
  bare = false,
}: {
  readonly state: Mark;
  readonly word?: string;
  readonly bare?: boolean;
}): VNode {
  const { colour, draw } = marks[state];
  return (
    <span class="state-mark">
      <svg
        class={`state-shape is-${colour}`}
        viewBox="0 0 12 12"
        width={12}
        height={12}
        fill="none"
        stroke="currentColor"
        stroke-width={1.6}
        aria-hidden="true"
      >
        {draw}
      </svg>
      <span class={bare ? 'visually-hidden' : undefined}>{word}</span>
    </span>
  );
}
