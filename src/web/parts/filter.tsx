import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './filter.css';

interface FilterFieldProps {
  readonly label: string;
  readonly input: { current: HTMLInputElement | null };
  /** What the address says. */
  readonly value: string;
  readonly placeholder: string;
  /** Enter, or the field is left with another text. */
  readonly onChange: (value: string) => void;
  /** Why the server cannot use it. */
  readonly fault?: ComponentChildren;
}

/** A text that filters the page. It is used at Enter, not at each letter: each use is a step of the history. */
export function FilterField({ label, input, value, placeholder, onChange, fault }: FilterFieldProps): VNode {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const use = (typed: string): void => {
    if (typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <form
      class="bar-field filter"
      onSubmit={(event) => {
        event.preventDefault();
        use(text);
      }}
    >
      <label class="bar-field">
        {label}
        <input
          ref={input}
          type="search"
          value={text}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={fault !== undefined}
          onInput={(event) => setText(event.currentTarget.value)}
          onBlur={(event) => use(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            setText(value);
            // At once: leaving the field uses what stands in it.
            event.currentTarget.value = value;
            event.currentTarget.blur();
          }}
        />
      </label>
      {fault !== undefined && (
        <p class="filter-fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}

/** What of the address could not be used. */
export function Notes({ notes }: { readonly notes: readonly string[] }): VNode | null {
  if (notes.length === 0) return null;
  return (
    <ul class="address-notes" role="status">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
