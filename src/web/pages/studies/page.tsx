import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useKeys } from '../../app/keys.ts';
import { go } from '../../app/router.ts';
import { defineCodec, oneOf, text } from '../../data/codec.ts';
import { useAnswer } from '../../data/query.ts';
import { useView } from '../../data/view.ts';
import { FilterField, Notes } from '../../parts/filter.tsx';
import { Grid } from '../../parts/grid.tsx';
import { Panel } from '../../parts/panel.tsx';
import { studyColumns } from './columns.tsx';

const states = ['', 'running', 'idle', 'complete', 'paused', 'stopped', 'frozen'] as const;

const sorts = ['-created', 'created', 'name', '-name', 'updated', '-updated', 'trials', '-trials'] as const;

const codec = defineCodec({ q: text(), state: oneOf(states), sort: oneOf(sorts), cursor: text() });

/** The studies of this server, the newest first unless sorted otherwise, renewed every ten seconds. */
export default function Studies(): VNode {
  const { view, notes, change } = useView(codec);
  const { q, state, sort, cursor } = view;
  const answer = useAnswer({ path: '/v1/studies', query: { limit: 50, q, state, sort, cursor }, everyMs: 10_000 });
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  const filter = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => filter.current?.focus() });
  const filtered = q !== '' || state !== '';
  const toggle = (name: string): void => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };
  return (
    <>
      <Notes notes={notes} />
      <div class="tools">
        <FilterField
          label="Name"
          input={filter}
          value={q}
          placeholder="part of the name"
          onChange={(next) => change({ q: next, cursor: '' })}
        />
        <label class="bar-field">
          State
          <select value={state} onChange={(event) => change({ state: event.currentTarget.value as (typeof states)[number], cursor: '' })}>
            {states.map((name) => (
              <option key={name} value={name}>
                {name === '' ? 'any' : name}
              </option>
            ))}
          </select>
        </label>
        {chosen.size > 0 && (
          <a class="button" href={`/compare?studies=${[...chosen].map((name) => encodeURIComponent(name)).join(',')}`}>
            Compare {chosen.size}
          </a>
        )}
      </div>
      <Panel
        title="All studies"
        answer={answer}
        isEmpty={({ items }) => items.length === 0}
        empty={filtered || cursor !== '' ? <NoMatch onClear={() => change({ q: '', state: '', cursor: '' })} /> : <Start />}
      >
        {({ items, total, next }) => (
          <>
            <Grid
              label="Studies"
              columns={studyColumns}
              rows={items}
              total={items.length}
              keyOf={({ name }) => name}
              sort={sort}
              onSort={(next) => change({ sort: next as (typeof sorts)[number], cursor: '' })}
              onOpen={({ name }) => go(`/studies/${encodeURIComponent(name)}`)}
              selected={chosen}
              onSelect={({ name }) => toggle(name)}
            />
            <p class="muted list-foot">
              <span class="number">
                {items.length} of {total}
              </span>{' '}
              studies
              {cursor !== '' && <a href={`?${codec.format({ ...view, cursor: '' })}`}>The first</a>}
              {next !== null && <a href={`?${codec.format({ ...view, cursor: next })}`}>More</a>}
            </p>
          </>
        )}
      </Panel>
    </>
  );
}

function NoMatch({ onClear }: { readonly onClear: () => void }): VNode {
  return (
    <p>
      No study fits.{' '}
      <button type="button" onClick={onClear}>
        Show all
      </button>
    </p>
  );
}

function Start(): VNode {
  return (
    <>
      <p>There is no study yet. In the checkout:</p>
      <pre class="code">
        <code>npx assay quickstart{'\n'}npx assay run studies/nvda-msft.ts</code>
      </pre>
      <p class="muted">
        The first makes two small studies with data that need no download; the second runs a study file. They appear here by themselves.
      </p>
    </>
  );
}
