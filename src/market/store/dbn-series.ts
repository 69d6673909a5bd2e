import type { Json } from '../../core/json.ts';
import type { ReadFile } from './dbn-files.ts';
import type { DbnReading } from './import-dbn.ts';
import type { Manifest2 } from './manifest.ts';
import { createSpool, type Spool } from './spool.ts';

type Contracts = NonNullable<Manifest2['contracts'][number]>;

/** One symbol's bars, as a reader of files has them. */
export interface DbnSeries {
  /** As the files name it. */
  readonly symbol: string;
  readonly spool: Spool;
  readonly facts: Readonly<Record<string, Json>>;
}

export interface ReadDbn {
  readonly barMs: number;
  readonly files: readonly ReadFile[];
  readonly series: readonly DbnSeries[];
  /** Of the symbols that stand for one instrument after another. */
  readonly contracts: ReadonlyMap<string, Contracts>;
  /** False where the source has no volume; default true. */
  readonly hasVolume?: boolean;
}

interface Entry {
  readonly spool: Spool;
  /** Null for a symbol that is one instrument throughout. */
  readonly contracts: Omit<Contracts, 'rule'> | null;
  otherContract: number;
}

/** Puts bars of instruments into the series of their symbols, each session in the contract that its date asks for. */
export class SeriesTable {
  readonly #reading: DbnReading;
  readonly #extra: readonly string[];
  readonly #entries = new Map<string, Entry>();
  readonly #names = new Map<number, readonly string[]>();

  /** @param extra names of the columns beside the five. */
  constructor(reading: DbnReading, extra: readonly string[]) {
    this.#reading = reading;
    this.#extra = extra;
  }

  /** The chosen symbols that stand for an instrument. */
  symbolsOf(instrumentId: number): readonly string[] {
    let names = this.#names.get(instrumentId);
    if (names === undefined) {
      const { only, symbols } = this.#reading;
      names = symbols.namesOf(instrumentId).filter((name) => only === null || only.has(name));
      this.#names.set(instrumentId, names);
    }
    return names;
  }

  /** @param date the session's. */
  push(
    instrumentId: number,
    date: string,
    time: number,
    prices: readonly [number, number, number, number],
    volume: number,
    extra: readonly number[],
  ): void {
    for (const name of this.symbolsOf(instrumentId)) {
      const entry = this.#entryOf(name);
      if (entry.contracts === null) entry.spool.push(time, ...prices, volume, extra);
      else if (this.#reading.symbols.idOn(name, date) === instrumentId)
        entry.spool.push(time, ...prices, volume, [...extra, this.#contractOf(entry.contracts, instrumentId, date), Number.NaN]);
      else entry.otherContract++;
    }
  }

  #entryOf(name: string): Entry {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      const isContinuous = this.#reading.symbols.idsOf(name).length > 1;
      const extra = isContinuous ? [...this.#extra, 'contract', 'previousOpen'] : this.#extra;
      const file = String(this.#entries.size);
      entry = {
        spool: createSpool(this.#reading.folder, file, extra),
        contracts: isContinuous ? { names: [], rolls: [] } : null,
        otherContract: 0,
      };
      this.#entries.set(name, entry);
    }
    return entry;
  }

  /** Index of a contract's name, which its first bar adds. */
  #contractOf({ names, rolls }: NonNullable<Entry['contracts']>, instrumentId: number, date: string): number {
    const name = this.#reading.definitions.get(instrumentId)?.symbol ?? String(instrumentId);
    if (names.at(-1) === name) return names.length - 1;
    const index = names.push(name) - 1;
    if (index > 0) rolls.push({ date, from: names[index - 1]!, to: name });
    return index;
  }

  /** @param factsOf what the reader says of an instrument. */
  finish(barMs: number, files: readonly ReadFile[], factsOf: (instrumentId: number) => Readonly<Record<string, Json>>): ReadDbn {
    const { symbols } = this.#reading;
    const entries = [...this.#entries].sort(([a], [b]) => symbols.rankOf(a) - symbols.rankOf(b));
    const contracts = entries.flatMap(([name, entry]) =>
      entry.contracts === null ? [] : [[name, { ...entry.contracts, rule: 'given' }] as const],
    );
    return {
      barMs,
      files,
      contracts: new Map(contracts),
      series: entries.map(([symbol, { spool, otherContract }]) => ({
        symbol,
        spool,
        facts: {
          ...Object.assign({}, ...symbols.idsOf(symbol).map(factsOf)),
          ...(otherContract === 0 ? {} : { otherContract }),
        },
      })),
    };
  }
}
