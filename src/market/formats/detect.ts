import { normalised } from './header.ts';
import { layouts } from './layouts/index.ts';
import type { Layout } from './layouts/layout.ts';

const separators = ['\t', ';', '|', ','] as const;

/**
 * The separator of a table: the one that cuts most of the lines into equally many fields; of several, the one that cuts more; of these
 * the one that is least likely part of a number.
 */
export function separatorOf(lines: readonly string[]): string {
  const scored = separators.map((separator) => {
    const counts = lines.map((line) => unquoted(line).split(separator).length);
    const fields = modeOf(counts);
    return { separator, fields, lines: fields < 2 ? 0 : counts.filter((count) => count === fields).length };
  });
  return scored.reduce((best, one) => (one.lines > best.lines || (one.lines === best.lines && one.fields > best.fields) ? one : best))
    .separator;
}

/** The layouts whose signature is among the headers, the longest signature first. */
export function layoutsOfHeaders(headers: readonly string[]): readonly Layout[] {
  const names = new Set(headers.map(normalised));
  return layouts
    .filter(({ signature }) => signature?.every((header) => names.has(normalised(header))) === true)
    .toSorted((one, other) => other.signature!.length - one.signature!.length);
}

/** The layouts without a header line whose example has the same number of fields and times of the same form. */
export function layoutsOfValues(fields: readonly string[], separator: string): readonly Layout[] {
  return layouts.filter((layout) => {
    if (layout.fields === undefined || layout.separator !== separator || layout.fields.length !== fields.length) return false;
    const example = layout.example.at(-1)!.split(separator);
    return layout.fields.every(
      (role, index) => !['datetime', 'date', 'time'].includes(role) || formOf(fields[index]!) === formOf(example[index]!),
    );
  });
}

/** The form of a time: numbers of 9 digits and more count from the epoch, one and two digits are the same. */
function formOf(time: string): string {
  return time.replaceAll(/\d+/g, ({ length }) => (length >= 9 ? 'n' : length <= 2 ? 'd' : `d${length}`)).replaceAll(/ +/g, ' ');
}

function unquoted(line: string): string {
  return line.replaceAll(/"[^"]*"/g, 'q');
}

function modeOf(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] > best[0]) ? one : best), [0, 0])[0];
}
