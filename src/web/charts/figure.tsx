import type { ComponentChildren, VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { count, value } from '../../plot/format.ts';
import { type Shown, shownText } from './counts.ts';
import { type Cell, csvOf, fileName, type Table } from './table.ts';
import './figure.css';

interface FigureProps extends Shown {
  /** Names the figure, its table and its file. */
  readonly title: string;
  /** True: the title is said by what encloses the figure, such as a panel with this one figure. */
  readonly untitled?: boolean;
  /** What the figure shows, in one sentence with its numbers. */
  readonly finding: ComponentChildren;
  /** Settings of what is drawn. */
  readonly controls?: ComponentChildren;
  /** The numbers that are drawn; made only when a person asks for them. */
  readonly table?: (() => Table) | undefined;
  readonly children: ComponentChildren;
}

/** The frame of every chart: title and controls, the chart or its numbers as a table, the finding, and of how many it shows how many. */
export function Figure({ title, untitled = false, finding, controls, table, children, ...shown }: FigureProps): VNode {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const counts = shownText(shown);
  return (
    <figure class="figure" aria-labelledby={untitled ? undefined : id} aria-label={untitled ? title : undefined}>
      {(!untitled || controls !== undefined) && (
        <div class="figure-head">
          {!untitled && <h3 id={id}>{title}</h3>}
          {controls !== undefined && <div class="figure-controls">{controls}</div>}
        </div>
      )}
      {asTable && table !== undefined ? <TableView title={title} table={table()} /> : children}
      <figcaption class="figure-caption">
        <span class="figure-finding">{finding}</span>
        {counts !== '' && <span class="muted number figure-counts">{counts}</span>}
        {table !== undefined && (
          <span class="figure-buttons">
            <button type="button" class="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              As table
            </button>
            <button type="button" class="small" onClick={() => save(csvOf(table()), fileName(title, 'csv'))}>
              CSV
            </button>
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** A table in the page holds this many rows; the file holds all. */
const mostRows = 200;

function TableView({ title, table: { columns, rows } }: { readonly title: string; readonly table: Table }): VNode {
  return (
    // A region that scrolls takes the focus, so that it can be scrolled by keys.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="figure-table" tabIndex={0} aria-label={`${title} as a table`}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row, i) => (
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={columns[k]} class={typeof cell === 'number' ? 'number' : undefined} title={exact(cell)}>
                  {said(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > mostRows && (
        <p class="muted">
          {mostRows} of {count(rows.length)} rows; the CSV file has all.
        </p>
      )}
    </section>
  );
}

function said(cell: Cell): string {
  if (typeof cell === 'number') return Number.isNaN(cell) ? value(null) : value(cell);
  return cell === null || cell === undefined ? value(null) : String(cell);
}

const exact = (cell: Cell): string | undefined => (typeof cell === 'number' && said(cell) !== String(cell) ? String(cell) : undefined);

/** Gives a text to the browser as a file. */
function save(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the file after this call.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
