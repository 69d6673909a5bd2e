import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { go, place } from '../../app/router.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { longestName, readViews, type SavedView, viewQuery, viewsOf, withView } from './saved-views.ts';

/** Views of the table that this browser keeps under names: the filter, the order and the columns. */
export function SavedViews({ study }: { readonly study: string }): VNode {
  const store = viewsOf(study);
  const [views, setViews] = useState(() => readViews(store.read()));
  const [name, setName] = useState<string | null>(null);
  const keep = (next: readonly SavedView[]): void => {
    store.write(next.length === 0 ? null : JSON.stringify(next));
    setViews(next);
  };
  const { path, query } = place.value;
  const present = viewQuery(query);
  const open = (chosen: string): void => go(chosen === '' ? path : `${path}?${chosen}`);
  const save = (): void => {
    const said = (name ?? '').trim();
    if (said === '') return;
    keep(withView(views, { name: said, query: present }));
    setName(null);
  };
  return (
    <>
      {views.length > 0 && (
        <label class="bar-field">
          View
          <select
            value={views.find((view) => view.query === present)?.name ?? ''}
            onChange={(event) => {
              const chosen = views.find((view) => view.name === event.currentTarget.value);
              if (chosen !== undefined) open(chosen.query);
            }}
          >
            <option value="">not saved</option>
            {views.map((view) => (
              <option key={view.name} value={view.name}>
                {view.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="button" onClick={() => setName('')}>
        Save view
      </button>
      <Dialog
        title="Save this view"
        open={name !== null}
        onClose={() => setName(null)}
        actions={
          <button type="submit" form="save-view" class="primary" disabled={(name ?? '').trim() === ''}>
            Save
          </button>
        }
      >
        <form
          id="save-view"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <p>Filter, order and columns of this table, kept in this browser. The address alone shows others the same.</p>
          <label class="bar-field">
            Name
            <input value={name ?? ''} maxLength={longestName} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
          </label>
          {views.length > 0 && (
            <ul class="saved-views" aria-label="Saved views">
              {views.map((view) => (
                <li key={view.name}>
                  {view.name}{' '}
                  <button type="button" class="as-link" onClick={() => keep(views.filter((other) => other !== view))}>
                    remove<span class="visually-hidden"> {view.name}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </form>
      </Dialog>
    </>
  );
}
