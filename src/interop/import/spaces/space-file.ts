import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { AssayError, messageOf } from '../../../core/errors.ts';
import { isReservedKey } from '../../../core/reserved-keys.ts';
import { lineOfKey } from '../../../core/yaml-line.ts';

/** A YAML or JSON file as plain values. */
export interface SpaceFile {
  /** Name without folders. */
  readonly name: string;
  readonly tree: unknown;
  /** True for a number that is written as a real one: `1.0`, `1e3`. */
  readonly isReal: (keys: readonly string[]) => boolean;
  /** Returns an error that says where in the file something is wrong, and what to write instead. */
  readonly wrong: (keys: readonly string[], message: string, hint: string) => AssayError;
}

const mostBytes = 2 ** 20;
const mostNesting = 64;
const mostNodes = 100_000;

/** @throws AssayError `data_invalid` for a file that cannot be read, is larger than 1 MB, or is neither YAML nor JSON */
export function readSpaceFile(path: string): SpaceFile {
  let text: string;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error('it is not a file');
    if (found.size > mostBytes) throw new Error('it is larger than 1 MB');
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AssayError('data_invalid', `cannot read the space: ${messageOf(cause)}`, {
      place: path,
      hint: 'give a sweep.yaml of Weights & Biases, or what dump_space.py wrote of a space of Ray Tune or Hyperopt',
      cause,
    });
  }
  return parseSpaceFile(path, text);
}

/**
 * Parses YAML 1.1, which W&B reads, and so JSON.
 * @throws AssayError `data_invalid`
 */
export function parseSpaceFile(path: string, text: string): SpaceFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault !== undefined)
    throw new AssayError('data_invalid', `neither YAML nor JSON: ${fault.message.split('\n')[0]!.replace(/:$/, '')}`, {
      place: `${path}:${lines.linePos(fault.pos[0]).line}`,
      hint: 'correct this line, or the one before it: indentation, quotes and brackets must match',
    });
  const wrong: SpaceFile['wrong'] = (keys, message, hint) =>
    new AssayError('space_invalid', keys.length === 0 ? message : `${keys.join('.')}: ${message}`, {
      place: `${path}:${lineOfKey(text, keys)}`,
      hint,
    });
  const reals = new Set<string>();
  const tree = treeOf(document, reals, wrong);
  return { name: basename(path), tree, isReal: (keys) => reals.has(JSON.stringify(keys)), wrong };
}

function treeOf(document: Document, reals: Set<string>, wrong: SpaceFile['wrong']): unknown {
  let nodes = 0;
  const toPlain = (given: unknown, keys: readonly string[]): unknown => {
    const node = isAlias(given) ? given.resolve(document) : (given as Node | null | undefined);
    // Also what an alias inside of the value that it names would make.
    if (++nodes > mostNodes || keys.length > mostNesting)
      throw wrong(keys.slice(0, 3), 'too many values, or too deep inside one another', 'a space has far fewer; do aliases multiply it?');
    if (isMap(node)) return mapOf(node.items, keys);
    if (isSeq(node)) return node.items.map((item, i) => toPlain(item, [...keys, String(i)]));
    if (!isScalar(node)) return null;
    const { value, source = '' } = node;
    if (typeof value === 'number' && (/^[^x]*[.e]/i.test(source) || !Number.isInteger(value))) reals.add(JSON.stringify(keys));
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
    throw wrong(keys, `${source === '' ? typeof value : source} is no text, number, true, false or null`, 'put it into quotes');
  };
  const mapOf = (items: readonly { readonly key: unknown; readonly value: unknown }[], keys: readonly string[]): unknown => {
    const members = items.map(({ key, value }): readonly [string, unknown] => {
      const name = isScalar(key) ? String(key.value) : '';
      if (!isScalar(key) || isReservedKey(name)) throw wrong([...keys, name], 'this cannot be a name', 'give it another name');
      return [name, toPlain(value, [...keys, name])];
    });
    return Object.fromEntries(members);
  };
  return toPlain(document.contents, []);
}

/** True for a map of a file. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
