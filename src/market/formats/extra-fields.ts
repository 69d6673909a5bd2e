import { AssayError } from '../../core/errors.ts';
import { isReservedKey } from '../../core/reserved-keys.ts';
import { barFields } from '../bars.ts';
import type { TableFields } from './header.ts';

/** A column beside the five: its name in the data set, and where it stands in a row. */
export interface ExtraField {
  readonly name: string;
  readonly field: number;
  /** Texts, such as names of contracts: the column holds their numbers, see {@link LabelTable}. */
  readonly isLabel?: boolean;
}

/** Numbers of the texts in columns of labels, from 0 in the order of their first occurrence; the same in all files of an import. */
export interface LabelTable {
  readonly numberOf: (text: string) => number;
  readonly textOf: (number: number) => string;
}

export function createLabelTable(): LabelTable {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    numberOf: (text) => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    textOf: (number) => texts[number]!,
  };
}

/**
 * The columns `contract` and `previousOpen` of a file that has both: the contract of each bar of a future that was joined from several, as an
 * exported data set has them. None for other files.
 */
export function contractFieldsOf({ names, values }: Pick<TableFields, 'names' | 'values'>): readonly ExtraField[] {
  const places = ['contract', 'previousOpen'].map((name) =>
    names.filter((each) => each === name).length === 1 ? names.indexOf(name) : -1,
  );
  if (places.includes(-1) || values.some(({ symbol }) => symbol !== null)) return [];
  return [
    { name: 'contract', field: places[0]!, isLabel: true },
    { name: 'previousOpen', field: places[1]! },
  ];
}

/** Names that a symbol's columns have in a data set already. */
const taken = new Set<string>([...barFields, 'time', 'date', 'datetime', 'session', 'symbol', 'contract', 'previousOpen']);

/**
 * Parses `ofi,spread=Spread`: names of columns in the data set, and (behind =) their headers in the file.
 * @throws AssayError `usage` for a name that is no name of a column, or occurs twice
 */
export function parseExtra(text: string): Readonly<Record<string, string>> {
  const extra = new Map<string, string>();
  for (const word of text.split(',')) {
    const [name = '', ...header] = word.trim().split('=');
    if (!/^[A-Za-z]\w{0,62}$/.test(name) || taken.has(name) || isReservedKey(name))
      throw new AssayError('usage', `${JSON.stringify(name)} cannot name a column`, {
        place: '--extra',
        hint: 'use letters, digits and underscores: --extra ofi,flow=Net Flow',
      });
    if (extra.has(name)) throw new AssayError('usage', `the column ${name} is named twice`, { place: '--extra', hint: 'name each once' });
    extra.set(name, header.length === 0 ? name : header.join('='));
  }
  return Object.fromEntries(extra);
}

/**
 * Finds the declared columns in a header.
 * @throws AssayError `data_invalid` for a header that is missing, occurs twice or is a column of bars; `usage` for a file with the symbols
 * side by side
 */
export function extraFieldsOf(
  extra: Readonly<Record<string, string>>,
  fields: Omit<TableFields, 'extra'>,
  place: string,
): readonly ExtraField[] {
  const { names, values, stamp, symbol } = fields;
  const isSideBySide = values.some((side) => side.symbol !== null);
  if (isSideBySide && Object.keys(extra).length > 0)
    throw new AssayError('usage', 'a file with several symbols side by side has no further columns', {
      place,
      hint: 'give a file for each symbol',
    });
  const used = new Set([...stamp, symbol, ...values.flatMap(({ open, high, low, close, volume }) => [open, high, low, close, ...volume])]);
  return Object.entries(extra).map(([name, header]) => {
    const [field, second] = names.flatMap((each, index) => (each === header ? [index] : []));
    if (field === undefined)
      throw new AssayError('data_invalid', `no column has the header ${JSON.stringify(header)}; found: ${names.join(', ')}`, {
        place,
        hint: `give the header as in the file: --extra ${name}=<header>`,
      });
    if (second !== undefined || used.has(field))
      throw new AssayError(
        'data_invalid',
        `the column ${JSON.stringify(header)} ${second === undefined ? 'is one of the bars' : 'occurs twice in the header line'}`,
        {
          place,
          hint: 'name another column with --extra',
        },
      );
    return { name, field };
  });
}
