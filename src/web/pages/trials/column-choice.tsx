import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../../parts/dialog.tsx';
import type { Column } from '../../parts/grid.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { Trial } from './columns.tsx';

interface ColumnChoiceProps {
  readonly offered: readonly Column<Trial>[];
  readonly shown: readonly string[];
  /** Empty: the usual ones. */
  readonly onChange: (ids: readonly string[]) => void;
}

const groups = [
  ['Trial', (id: string) => !id.includes(':')],
  ['Objectives', (id: string) => id.startsWith('objective:')],
  ['Parameters', (id: string) => id.startsWith('param:')],
  ['Metrics', (id: string) => id.startsWith('metric:')],
] as const;

/** Which columns the table has; kept in the address. */
export function ColumnChoice({ offered, shown, onChange }: ColumnChoiceProps): VNode {
  const [open, setOpen] = useState(false);
  const toggle = (id: string): void =>
    onChange(
      shown.includes(id)
        ? shown.filter((other) => other !== id)
        : offered.map((column) => column.id).filter((other) => other === id || shown.includes(other)),
    );
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="columns" /> Columns
      </button>
      <Dialog
        title="Columns"
        open={open}
        onClose={() => setOpen(false)}
        actions={
          <button type="button" onClick={() => onChange([])}>
            The usual ones
          </button>
        }
      >
        {groups.map(([title, has]) => {
          const columns = offered.filter(({ id }) => has(id));
          if (columns.length === 0) return null;
          return (
            <fieldset key={title} class="choice">
              <legend>{title}</legend>
              {columns.map(({ id, title: name }) => (
                <label key={id} class="box-line">
                  <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} /> {name}
                </label>
              ))}
            </fieldset>
          );
        })}
      </Dialog>
    </>
  );
}
