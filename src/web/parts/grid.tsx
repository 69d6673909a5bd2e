// biome-ignore-all lint/a11y/useSemanticElements: rows of a windowed grid are placed by arithmetic, which the elements of a table do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus is on rows, one of which has the tab stop; cells take none
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys of all rows are handled by the grid around them
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../app/keys.ts';
import { scrollTo, windowOf } from './grid-window.ts';
import { Icon } from './icon.tsx';
import './grid.css';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  /** Numbers stand at the right, in digits of equal width. */
  readonly number?: boolean;
  /** The column can be sorted by: its key in the API. */
  readonly sort?: string;
  readonly cell: (row: Row) => ComponentChildren;
}

interface GridProps<Row> {
  /** Names the table for a screen reader. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** What is loaded, the beginning of the whole list. */
  readonly rows: readonly Row[];
  /** Rows of the whole list. */
  readonly total: number;
  readonly keyOf: (row: Row) => string | number;
  /** Key of {@link Column.sort}, with a minus in front for descending. */
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  /** Enter, or a click outside of links and buttons. */
  readonly onOpen?: (row: Row) => void;
  readonly openKey?: string | number | null;
  /** `x`, or the box at the left. Absent: rows cannot be selected. */
  readonly selected?: ReadonlySet<string | number>;
  readonly onSelect?: (row: Row) => void;
  /** The pointer is over this row, or over none. */
  readonly onHover?: (row: Row | null) => void;
  /** The last loaded row comes into sight and there are more. */
  readonly onEnd?: () => void;
}

const rowHeightOf = (): number => (matchMedia('(pointer: coarse)').matches ? 36 : 28);

/** A table of equal rows of which only those in sight are drawn. Arrow keys, j and k move, Enter opens, x selects. */
export function Grid<Row>(props: GridProps<Row>): VNode {
  const { label, columns, rows, total, keyOf, sort, onSort, onOpen, openKey, selected, onSelect, onHover, onEnd } = props;
  const box = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const [height, setHeight] = useState(600);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  const rowHeight = rowHeightOf();
  const { first, end } = windowOf(rows.length, scrolled, height, rowHeight);
  const at = Math.min(active, Math.max(0, rows.length - 1));

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setHeight(entry!.contentRect.height));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (end >= rows.length && rows.length < total) onEnd?.();
  }, [end, rows.length, total, onEnd]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    box.current?.querySelector<HTMLElement>(`[data-row="${at}"]`)?.focus({ preventScroll: true });
  });

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    const target = scrollTo(next, box.current!.scrollTop, height - rowHeight, rowHeight);
    if (target !== null) box.current!.scrollTop = target;
    const drawnRow = box.current!.querySelector<HTMLElement>(`[data-row="${next}"]`);
    // A row that is not drawn yet takes the focus once it is.
    if (drawnRow === null) wantsFocus.current = true;
    else drawnRow.focus({ preventScroll: true });
    setActive(next);
  };
  const hasFocus = (): boolean =>
    box.current?.contains(document.activeElement) === true && document.activeElement?.matches('[data-row]') === true;
  const present = rows[at];
  useKeys({
    // The first key only shows where one is.
    j: () => move(hasFocus() ? at + 1 : at),
    k: () => move(hasFocus() ? at - 1 : at),
    ...(onSelect !== undefined && present !== undefined && { x: () => onSelect(present) }),
  });
  const page = Math.max(1, Math.floor(height / rowHeight) - 2);
  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target as Element).matches('[data-row]')) return;
    const row = rows[at];
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      PageDown: () => move(at + page),
      PageUp: () => move(at - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: () => row !== undefined && onOpen?.(row),
      ' ': () => row !== undefined && onSelect?.(row),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  const template = `${onSelect === undefined ? '' : '32px '}${columns.map(({ width }) => `${width}px`).join(' ')} minmax(0, 1fr)`;
  const drawn = Array.from({ length: end - first }, (_, i) => first + i);
  // The row that has the focus stays, wherever the list is scrolled to.
  if (rows.length > 0 && (at < first || at >= end)) drawn.push(at);
  return (
    <div
      class="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      ref={box}
      onKeyDown={onKey}
      onScroll={() => setScrolled(box.current!.scrollTop)}
    >
      <div class="grid-head" role="rowgroup">
        <div class="grid-row" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {onSelect !== undefined && (
            <span role="columnheader" class="grid-cell">
              <span class="visually-hidden">Selected</span>
            </span>
          )}
          {columns.map((column) => (
            <Head key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div class="grid-body" role="rowgroup" style={{ height: `${rows.length * rowHeight}px` }} onPointerLeave={() => onHover?.(null)}>
        {drawn.map((i) => {
          const row = rows[i]!;
          const key = keyOf(row);
          const chosen = selected?.has(key) === true;
          return (
            <div
              key={key}
              role="row"
              class={`grid-row${key === openKey ? ' is-open' : ''}`}
              data-row={i}
              data-key={key}
              tabIndex={i === at ? 0 : -1}
              aria-rowindex={i + 2}
              aria-selected={onSelect === undefined ? undefined : chosen}
              style={{ gridTemplateColumns: template, transform: `translateY(${i * rowHeight}px)` }}
              onFocus={() => setActive(i)}
              onPointerEnter={() => onHover?.(row)}
              onClick={(event) => {
                if ((event.target as Element).closest('a, button, input, label') === null) onOpen?.(row);
              }}
            >
              {onSelect !== undefined && (
                <span role="gridcell" class="grid-cell grid-check">
                  <input type="checkbox" tabIndex={-1} checked={chosen} aria-label={`Select ${key}`} onChange={() => onSelect(row)} />
                </span>
              )}
              {columns.map((column) => (
                <span key={column.id} role="gridcell" class={`grid-cell${column.number === true ? ' number' : ''}`}>
                  {column.cell(row)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly onSort: ((sort: string) => void) | undefined;
}

/** A column's title; a button where the list can be sorted by it. */
function Head<Row>({ column, sort, onSort }: HeadProps<Row>): VNode {
  const key = column.sort;
  const direction = key === undefined || sort === undefined ? null : sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : null;
  const className = `grid-cell${column.number === true ? ' number' : ''}`;
  if (key === undefined || onSort === undefined)
    return (
      <span role="columnheader" class={className} title={column.title}>
        {column.title}
      </span>
    );
  return (
    <span role="columnheader" class={className} aria-sort={direction ?? 'none'} title={column.title}>
      <button type="button" class="grid-sort" onClick={() => onSort(direction === 'ascending' ? `-${key}` : key)}>
        <span>{column.title}</span>
        {direction !== null && <Icon name={direction === 'ascending' ? 'arrow-up' : 'arrow-down'} size={12} />}
      </button>
    </span>
  );
}
