import type { DbnHeader } from './header.ts';

interface Use {
  readonly id: number;
  /** Dates in UTC as yyyymmdd; the end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Number that `instrument_id` has in the header's kinds of symbols. */
const instrumentIdType = 0;

/**
 * Which symbol stands for which instrument, from the headers of files. A symbol of the exchange is one instrument; a continuous one
 * (`ES.c.0`) is another after each roll.
 */
export class SymbolTable {
  readonly #uses = new Map<string, Use[]>();

  /** Adds the mappings of a file. */
  add({ stypeOut, stypeIn, mappings }: DbnHeader): void {
    for (const { symbol, intervals } of mappings)
      for (const one of intervals) {
        // Mapped from symbols to ids or, where ids were asked for, from ids to symbols.
        const [name, id] =
          stypeOut === instrumentIdType ? [symbol, one.symbol] : stypeIn === instrumentIdType ? [one.symbol, symbol] : [symbol, ''];
        if (/^\d+$/.test(id)) this.#use(name, { id: Number(id), start: one.start, end: one.end });
      }
  }

  #use(name: string, use: Use): void {
    const uses = this.#uses.get(name);
    if (uses === undefined) this.#uses.set(name, [use]);
    else uses.push(use);
  }

  /** Symbols that stand for an instrument at any time; its id as text if there is none. */
  namesOf(id: number): readonly string[] {
    const names = [...this.#uses].filter(([, uses]) => uses.some((use) => use.id === id)).map(([name]) => name);
    return names.length === 0 ? [String(id)] : names;
  }

  /** Place of a symbol among those of the headers; others come last. */
  rankOf(name: string): number {
    const rank = [...this.#uses.keys()].indexOf(name);
    return rank === -1 ? this.#uses.size : rank;
  }

  /** Ids that a symbol stands for, in the order of time. */
  idsOf(name: string): readonly number[] {
    const uses = [...(this.#uses.get(name) ?? [])].sort((a, b) => a.start - b.start);
    return uses.length === 0 && /^\d+$/.test(name) ? [Number(name)] : [...new Set(uses.map((use) => use.id))];
  }

  /**
   * The instrument of a symbol on a date, 2024-01-02. Databento changes the contract of a continuous symbol at midnight UTC, inside a
   * session of Globex; asked with the session's date, a whole session is of one contract.
   */
  idOn(name: string, date: string): number | null {
    const uses = this.#uses.get(name) ?? [];
    const ids = this.idsOf(name);
    if (ids.length <= 1) return ids[0] ?? null;
    const day = Number(date.replaceAll('-', ''));
    return uses.find((use) => use.start <= day && day < use.end)?.id ?? null;
  }
}
