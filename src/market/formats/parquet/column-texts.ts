import { ParquetFault } from './fault.ts';
import type { ParquetColumn } from './metadata.ts';
import type { Page } from './pages.ts';
import { textsOf } from './value-text.ts';
import { decodeLevels, decodePlaces, decodeValues } from './values.ts';

/** The values of one column of a row group, one after the other, as texts; a null is an empty one. */
export interface ColumnTexts {
  /** Number of values that can be taken without another page. */
  readonly ready: () => number;
  /** The next value. */
  readonly next: () => string;
  /** Unpacks the next page if no value is ready. @throws ParquetFault if there is none */
  readonly refill: () => Promise<void>;
  /** @throws ParquetFault if there are more values than rows */
  readonly end: () => Promise<void>;
  readonly close: () => Promise<unknown>;
}

export function columnTexts(column: ParquetColumn, pages: AsyncGenerator<Page>, rows: number): ColumnTexts {
  const named = `its column ${JSON.stringify(column.name)}`;
  let dictionary: readonly string[] | null = null;
  let texts: readonly string[] = [];
  let [at, total] = [0, 0];
  const pull = async (): Promise<boolean> => {
    const { done, value: page } = await pages.next();
    if (done === true) return false;
    if (page.isDictionary) dictionary = dictionaryOf(column, page);
    else {
      texts = pageTexts(column, page, dictionary);
      at = 0;
      total += texts.length;
      if (total > rows) throw new ParquetFault(`${named} has more values than its row group has rows`);
    }
    return true;
  };
  return {
    ready: () => texts.length - at,
    next: () => texts[at++]!,
    async refill() {
      while (at === texts.length)
        if (!(await pull())) throw new ParquetFault(`${named} has ${total} values in a row group of ${rows} rows`);
    },
    async end() {
      while (await pull());
    },
    close: () => pages.return(undefined),
  };
}

function dictionaryOf(column: ParquetColumn, page: Page): readonly string[] {
  const { cursor } = decodeLevels({ ...column, isOptional: false }, page);
  return textsOf(column, decodeValues(column, page.encoding === 'PLAIN_DICTIONARY' ? 'PLAIN' : page.encoding, cursor, page.count));
}

function pageTexts(column: ParquetColumn, page: Page, dictionary: readonly string[] | null): readonly string[] {
  const { present, cursor } = decodeLevels(column, page);
  let count = page.count;
  if (present !== null) for (const level of present) if (level !== 1) count -= 1;
  const { encoding } = page;
  const isCoded = encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY';
  if (isCoded && dictionary === null) throw new ParquetFault(`its column ${JSON.stringify(column.name)} has no dictionary`);
  const texts = isCoded
    ? namedBy(decodePlaces(cursor, count, dictionary!.length), dictionary!)
    : textsOf(column, decodeValues(column, encoding, cursor, count));
  if (count === page.count) return texts;
  let at = 0;
  return Array.from(present!, (level) => (level === 1 ? texts[at++]! : ''));
}

/** The texts at places of a dictionary. */
function namedBy(places: Uint32Array, dictionary: readonly string[]): readonly string[] {
  const texts = new Array<string>(places.length);
  for (let i = 0; i < places.length; i++) texts[i] = dictionary[places[i]!]!;
  return texts;
}
