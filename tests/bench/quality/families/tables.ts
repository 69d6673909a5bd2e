import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { choice, int } from '../../../../src/search/space/builders.ts';
import { compileSpace } from '../../../../src/search/space/compile.ts';
import type { FlatParams, Param } from '../../../../src/search/space/param.ts';
import { withNoise } from './noise.ts';
import type { BaseFunction, Problem } from './problem.ts';

/** One column of a table: its distinct values, numbers in their order. */
interface Column {
  readonly name: string;
  readonly values: readonly string[];
  readonly numeric: boolean;
}

/** Returns a problem for each CSV file of a directory. @throws Error for a directory without tables, or a table that cannot be read */
export function tablesOf(directory: string): readonly Problem[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.csv'))
    .sort();
  if (files.length === 0) throw new Error(`${directory} has no .csv file: one table a file, parameters and a last column loss`);
  return files.map((file) =>
    withNoise('tables', 'exact', tableFunction(basename(file, '.csv'), readFileSync(join(directory, file), 'utf8'))),
  );
}

/**
 * Returns the function of a table of evaluated configurations: a column for each parameter and a last one, `loss`. A number is searched by its place among
 * the column's numbers, text as a choice; a combination that is not in the table has the loss of the row nearest to it.
 */
export function tableFunction(name: string, text: string): BaseFunction {
  const [head, ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  if (head === undefined || head.at(-1) !== 'loss' || head.length < 2) throw new Error(`${name}: the last column of a table is loss`);
  const ragged = rows.findIndex((row) => row.length !== head.length || row.at(-1) === '' || !Number.isFinite(Number(row.at(-1))));
  if (rows.length < 2 || ragged !== -1)
    throw new Error(`${name}: row ${ragged + 2} has no number for its loss, or not ${head.length} cells`);
  const columns = head.slice(0, -1).map((title, j): Column => {
    const values = [...new Set(rows.map((row) => row[j]!))];
    const numeric = values.every((value) => value !== '' && Number.isFinite(Number(value)));
    return { name: title, numeric, values: numeric ? values.toSorted((a, b) => Number(a) - Number(b)) : values.toSorted() };
  });
  const places = rows.map((row) => columns.map(({ values }, j) => values.indexOf(row[j]!)));
  const losses = rows.map((row) => Number(row.at(-1)));
  const exact = new Map(places.map((at, i) => [at.join(), losses[i]!]));
  const searched = columns.filter(({ values }) => values.length > 1);
  const space = compileSpace(
    Object.fromEntries(
      searched.map(({ name: title, numeric, values }): readonly [string, Param] => [
        title,
        numeric ? int(0, values.length - 1) : choice([...values]),
      ]),
    ),
  );
  const placesOf = (params: FlatParams): readonly number[] =>
    columns.map(({ name: title, numeric, values }) =>
      values.length === 1 ? 0 : numeric ? Number(params[title]) : values.indexOf(String(params[title])),
    );
  const truth = (params: FlatParams): number => {
    const at = placesOf(params);
    return exact.get(at.join()) ?? losses[nearest(places, at, columns)]!;
  };
  const best = losses.reduce((a, loss, i) => (loss < losses[a]! ? i : a), 0);
  const minimiser = Object.fromEntries(
    searched.map(({ name: title, numeric, values }) => {
      const place = places[best]![columns.findIndex((column) => column.name === title)]!;
      return [title, numeric ? place : values[place]!];
    }),
  );
  return { name, space, truth, minimiser, minimum: truth(minimiser) };
}

function nearest(places: readonly (readonly number[])[], at: readonly number[], columns: readonly Column[]): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  places.forEach((other, i) => {
    let distance = 0;
    columns.forEach(({ numeric, values }, j) => {
      const gap = other[j]! - at[j]!;
      distance += numeric ? (gap / Math.max(values.length - 1, 1)) ** 2 : Number(gap !== 0);
    });
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}
