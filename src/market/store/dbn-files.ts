import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { type CalendarId, sessionCalendars } from '../calendars/index.ts';
import type { DbnHeader } from '../dbn/header.ts';
import { type DbnFile, openDbn } from '../dbn/reader.ts';
import { SymbolTable } from '../dbn/symbols.ts';

export interface DbnFileFacts {
  readonly path: string;
  readonly header: DbnHeader | null;
}

/** Files of an import in the order of their times, with the symbols of all of them. */
export interface DbnFiles {
  readonly files: readonly DbnFileFacts[];
  readonly symbols: SymbolTable;
}

/** Reads the headers. @throws AssayError as {@link openDbn}; `usage` without a file, and for files of several schemas or venues. */
export async function inspectFiles(paths: readonly string[]): Promise<DbnFiles> {
  const files: DbnFileFacts[] = [];
  const symbols = new SymbolTable();
  for (const path of paths) {
    const file = await openDbn(path);
    await file.close();
    files.push({ path, header: file.header });
    if (file.header !== null) symbols.add(file.header);
  }
  const first = files[0];
  if (first === undefined) throw new AssayError('usage', 'no file to import');
  for (const { path, header } of files)
    if (header?.schema !== first.header?.schema || header?.dataset !== first.header?.dataset)
      throw new AssayError(
        'usage',
        `${header?.dataset} ${header?.schema} does not go with ${first.header?.dataset} ${first.header?.schema}`,
        {
          place: path,
          hint: 'import files of one schema and one data set of Databento together; parts of one time after the other are joined',
        },
      );
  files.sort((a, b) => Number((a.header?.start ?? 0n) - (b.header?.start ?? 0n)));
  return { files, symbols };
}

/**
 * The time up to which a file says everything (null: it says not; only its records do). A file that was cut to a number of records ends before
 * the end that was asked for.
 */
export function knownUntilOf(header: DbnHeader | null): bigint | null {
  return header === null || header.limit > 0n ? null : header.end;
}

/** Name, length and hash of a file's unpacked bytes. */
export interface ReadFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Opens a file of which everything is read, with what is to be told of it then. */
export async function openHashed(
  path: string,
  options: { readonly allowTruncated: boolean; readonly maxBytes?: number },
): Promise<{ readonly file: DbnFile; readonly facts: () => ReadFile }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await openDbn(path, {
    ...options,
    onBytes: (piece) => {
      hash.update(piece);
      bytes += piece.length;
    },
  });
  return { file, facts: () => ({ file: basename(path), bytes, sha256: hash.digest('hex') }) };
}

/** Roots of CME's equity index futures, whose hours `globex-equity` has. */
const equityIndexRoots = /^(ES|MES|NQ|MNQ|RTY|M2K|YM|MYM|EMD)([FGHJKMNQUVXZ]\d{1,2}|\.[A-Za-z].*)?$/;
/** Roots of CME's currency futures, E-micro ones among them, whose hours `globex-fx` has. */
const currencyRoots = /^(6[ABCEJLMNSZ]|M6[ABCEJS]|MCD|MSF|MJY|E7|J7|RP|RY|RF)([FGHJKMNQUVXZ]\d{1,2}|\.[A-Za-z].*)?$/;
const equityDatasets = /^(XNAS|XNYS|XASE|XBOS|XPSX|XCHI|ARCX|BATS|BATY|EDGA|EDGX|IEXG|MEMX|EPRL|EQUS|DBEQ|OPRA)\./;

/** The calendar of a venue where it is plain. @throws AssayError `usage` where it has to be declared. */
export function calendarIdOfFiles({ files }: DbnFiles): CalendarId {
  const { dataset = '', symbols = [] } = files[0]!.header ?? {};
  if (equityDatasets.test(dataset)) return 'us-equities';
  const isAllOf = (roots: RegExp): boolean =>
    dataset === 'GLBX.MDP3' && symbols.length > 0 && symbols.every((symbol) => roots.test(symbol));
  if (isAllOf(equityIndexRoots)) return 'globex-equity';
  if (isAllOf(currencyRoots)) return 'globex-fx';
  throw new AssayError(
    'usage',
    `the trading hours of ${symbols.slice(0, 5).join(', ') || 'these instruments'} on ${dataset || 'an unknown venue'} are not known`,
    {
      place: files[0]!.path,
      hint: `declare them: --calendar ${Object.keys(sessionCalendars).join(', ')}`,
    },
  );
}
