import { AssayError } from '../../core/errors.ts';
import type { ImportSource } from '../store/import-csv.ts';
import { parseFieldRoles } from './header.ts';
import { layoutOf } from './layouts/index.ts';

/** What may stand behind a file's name, and how its value is read. */
const fileOptions: Readonly<Record<string, (value: string) => Partial<ImportSource>>> = {
  symbol: (symbol) => ({ symbol }),
  only: (text) => ({ only: parseChoice(text.replaceAll('+', ',')) }),
  layout: (id) => ({ layout: layoutOf(id) }),
  columns: (text) => ({ fields: parseFieldRoles(text.replaceAll('+', ',')) }),
  'symbol-column': (symbolColumn) => ({ symbolColumn }),
  zone: (zone) => ({ zone }),
  stamp: (text) => ({ stamp: oneOf('stamp', text, ['start', 'end'] as const) }),
  order: (text) => ({ order: oneOf('order', text, ['ascending', 'descending'] as const) }),
  dates: (text) => ({ dates: oneOf('dates', text, ['dmy', 'mdy'] as const) }),
  decimal: (text) => ({ decimal: oneOf('decimal', text, ['point', 'comma'] as const) }),
  volume: (text) => ({ volume: oneOf('volume', text, ['none'] as const) }),
};

const withOptions = /^(.+)@([a-z-]+=[^@]*)$/;

/**
 * A file and the options behind its name: `msft.csv@zone=UTC,stamp=end`. Lists in a value are joined by +: `only=AAPL+MSFT`.
 * @throws AssayError `usage` for an option that no file has, and for a value that it does not take.
 */
export function parseFileArgument(text: string): ImportSource {
  const parts = withOptions.exec(text);
  if (parts === null) return { file: text };
  const declared = parts[2]!.split(',').map((option) => {
    const equals = option.indexOf('=');
    const name = option.slice(0, equals);
    const parse = Object.hasOwn(fileOptions, name) ? fileOptions[name] : undefined;
    if (parse !== undefined && equals > 0) return parse(option.slice(equals + 1));
    throw new AssayError('usage', `${JSON.stringify(option)} is no option of a file`, {
      place: text,
      hint: `behind a file's name stand ${Object.keys(fileOptions).join(', ')}, as in msft.csv@zone=UTC,stamp=end`,
    });
  });
  return Object.assign({ file: parts[1]! }, ...declared) as ImportSource;
}

/** Symbols as files name them and as the data set does: `AAPL,BRK.B=BRKB`. @throws AssayError `usage` for an empty or repeated name. */
export function parseChoice(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(',').map((pair) => {
    const equals = pair.lastIndexOf('=');
    return equals < 0
      ? ([pair, pair.replaceAll(/[^A-Za-z0-9]/g, '')] as const)
      : ([pair.slice(0, equals), pair.slice(equals + 1)] as const);
  });
  if (pairs.some(([name]) => name === '') || new Set(pairs.map(([name]) => name)).size < pairs.length)
    throw new AssayError('usage', `${JSON.stringify(text)} is no list of symbols`, {
      hint: 'name each symbol once: --only AAPL,BRK.B=BRKB',
    });
  return new Map(pairs);
}

function oneOf<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new AssayError('usage', `${name}=${text} is not accepted`, { hint: `accepted: ${words.join(', ')}` });
}
