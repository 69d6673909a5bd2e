import { signal } from '@preact/signals';
import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks';
import { type Answers, addressOf, type Query, request } from './api.ts';
import { Problem } from './problem.ts';
import { awayMs } from './query.ts';
import { ordersSent, unreachableSince } from './server.ts';

/** Addresses that answer a page of items at a time. */
export type Paged = {
  [Path in keyof Answers]: Answers[Path] extends { readonly items: readonly unknown[]; readonly next: string | null } ? Path : never;
}[keyof Answers];

export type ItemOf<Path extends Paged> = Answers[Path] extends { readonly items: readonly (infer Item)[] } ? Item : never;

export interface ListState<Item> {
  /** The beginning of the whole list, page after page. */
  readonly rows: readonly Item[];
  readonly total: number;
  /** True: there are more than `total`, which is where the server stopped counting. */
  readonly atLeast: boolean;
  /** Null: nothing was loaded yet. */
  readonly of: string | null;
  readonly loading: boolean;
  readonly problem: Problem | null;
}

export interface List<Item> extends ListState<Item> {
  /** Loads the next page. */
  readonly more: () => void;
  /** Loads the beginning anew. */
  readonly again: () => void;
  /** Changes loaded rows in place, without another order, and those that are on their way when they come. */
  readonly patch: (change: RowChange<Item>) => void;
}

/** @param onTheirWay true: the change was heard while the rows were on their way, so they may be newer */
export type RowChange<Item> = (rows: readonly Item[], onTheirWay: boolean) => readonly Item[];

interface PageAnswer<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
  readonly totalAtLeast?: true;
}

/**
 * A list of the API that is read page by page as far as a person scrolls. Another query loads the list anew; until it is there the old rows stay.
 * It is loaded again after orders, when the server is back, and after a while where the server's database is away.
 */
export function useList<Path extends Paged>(path: Path, parts: readonly (string | number)[], query: Query): List<ItemOf<Path>> {
  type Item = ItemOf<Path>;
  const address = addressOf(path, parts, query);
  const state = useMemo(() => signal<ListState<Item>>({ rows: [], total: 0, atLeast: false, of: null, loading: true, problem: null }), []);
  const next = useRef<string | null>(null);
  const reading = useRef<AbortController | null>(null);
  const heard = useRef<RowChange<Item>[]>([]);

  const read = async (cursor: string | null): Promise<void> => {
    reading.current?.abort();
    const own = new AbortController();
    reading.current = own;
    heard.current = [];
    state.value = { ...state.peek(), loading: true };
    try {
      const answer = (await request(addressOf(path, parts, { ...query, cursor: cursor ?? undefined }), {
        signal: own.signal,
      })) as PageAnswer<Item>;
      if (own.signal.aborted) return;
      next.current = answer.next;
      const before = cursor === null ? [] : state.peek().rows;
      state.value = {
        rows: heard.current.reduce((rows, change) => change(rows, true), [...before, ...answer.items] as readonly Item[]),
        total: answer.total,
        atLeast: answer.totalAtLeast === true,
        of: address,
        loading: false,
        problem: null,
      };
    } catch (error) {
      if (own.signal.aborted) return;
      const problem = error instanceof Problem ? error : new Problem({ status: 0, code: 'unreadable', detail: String(error) });
      state.value = { ...state.peek(), loading: false, problem };
    } finally {
      if (reading.current === own) reading.current = null;
    }
  };

  const orders = ordersSent.value;
  const reachable = unreachableSince.value === null;
  useEffect(() => {
    if (reachable) void read(null);
  }, [address, orders, reachable]);
  const isAway = state.value.problem?.isAway === true;
  useEffect(() => {
    if (!isAway || !reachable) return undefined;
    const timer = setInterval(() => reading.current === null && void read(null), awayMs);
    return () => clearInterval(timer);
  }, [address, isAway, reachable]);
  useEffect(() => () => reading.current?.abort(), []);

  const patch = useCallback((change: RowChange<Item>): void => {
    if (reading.current !== null) heard.current.push(change);
    const last = state.peek();
    const rows = change(last.rows, false);
    if (rows !== last.rows) state.value = { ...last, rows };
  }, []);
  return {
    ...state.value,
    patch,
    more: () => {
      if (reading.current === null && next.current !== null && state.peek().problem === null) void read(next.current);
    },
    again: () => void read(null),
  };
}
