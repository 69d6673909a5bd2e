import type { ReadonlySignal } from '@preact/signals';
import type { QueryObserverResult } from '@tanstack/query-core';
import { Component, type ComponentChildren, type VNode } from 'preact';
import type { Problem } from '../data/problem.ts';
import './panel.css';

interface PanelProps<Answer> {
  readonly title: string;
  readonly answer: ReadonlySignal<QueryObserverResult<Answer, Problem>>;
  /** Draws the answer. An error in it stays in this panel. */
  readonly children: (answer: Answer) => ComponentChildren;
  /** Says what is missing and what to do, where `isEmpty` holds. */
  readonly empty?: ComponentChildren;
  readonly isEmpty?: (answer: Answer) => boolean;
  /** Stands at the right of the title: the controls of what is shown. */
  readonly controls?: ComponentChildren;
}

/** A titled part of a page with its own loading, empty, stale and error state. */
export function Panel<Answer>({ title, answer, children, empty, isEmpty, controls }: PanelProps<Answer>): VNode {
  const { data, error, isFetching, refetch } = answer.value;
  const shown = (): ComponentChildren => {
    if (data !== undefined) return isEmpty?.(data) ? <div class="panel-empty">{empty}</div> : children(data);
    if (error !== null) return <ProblemNote problem={error} again={() => void refetch()} />;
    return <div class="panel-skeleton" role="status" aria-label={`${title} is loading`} />;
  };
  return (
    <section class="panel" aria-busy={isFetching && data === undefined}>
      <header class="panel-head">
        <h2>{title}</h2>
        {controls}
      </header>
      {data !== undefined && error !== null && <ProblemNote problem={error} again={() => void refetch()} />}
      <ErrorBoundary title={title}>{shown()}</ErrorBoundary>
    </section>
  );
}

/** What went wrong, what to do, and a button that tries again. */
export function ProblemNote({ problem, again }: { readonly problem: Problem; readonly again: () => void }): VNode {
  return (
    <div class="problem" role="alert">
      <p>
        {problem.message} <code>{problem.code}</code>
      </p>
      {problem.hint !== '' && <p class="muted">{problem.hint}</p>}
      <p class="problem-ways">
        <button type="button" onClick={again}>
          Try again
        </button>
        {problem.status === 404 && <a href="/">The list of studies</a>}
      </p>
    </div>
  );
}

/** Keeps an error of what it encloses to itself: the rest of the page stays. */
export class ErrorBoundary extends Component<{ readonly title: string; readonly children: ComponentChildren }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static override getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div class="problem" role="alert">
        <p>
          {this.props.title} cannot be drawn: {error.message}
        </p>
        <button type="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </div>
    );
  }
}
