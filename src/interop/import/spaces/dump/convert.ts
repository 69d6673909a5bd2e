import { areEqual, choiceOf, fixedTo } from '../change.ts';
import { type Change, type Converted, type ConvertedCase, repeated } from '../converted.ts';
import type { SpaceFile } from '../space-file.ts';
import type { DumpCall, DumpNode } from './node.ts';

export interface DumpReading {
  readonly file: SpaceFile;
  readonly approximate: boolean;
  /** Converts a distribution of the program. */
  readonly callOf: (call: DumpCall, keys: readonly string[], reading: DumpReading) => Change;
}

/** Returns the parameters of a dumped space; those of maps inside have flat names. */
export function convertSpace(node: DumpNode, reading: DumpReading): readonly Converted[] {
  if ('dict' in node) return convertMap(node.dict, ['space', 'dict'], '', reading, []);
  // A space that is one choice or distribution has no name but its label.
  const label = 'label' in node && typeof node.label === 'string' ? node.label : 'value';
  return [{ name: label, ...convertNode(node, ['space'], reading) }];
}

function convertMap(
  map: Readonly<Record<string, DumpNode>>,
  keys: readonly string[],
  prefix: string,
  reading: DumpReading,
  notes: readonly string[],
): readonly Converted[] {
  return Object.entries(map).flatMap(([key, node]) => {
    const [name, own] = [prefix + key, [...keys, key]];
    if ('dict' in node) return convertMap(node.dict, [...own, 'dict'], `${name}.`, reading, [`inside of ${name} there`]);
    const change = convertNode(node, own, reading);
    return [{ ...change, name, notes: [...notes, ...change.notes] }];
  });
}

function convertNode(node: DumpNode, keys: readonly string[], reading: DumpReading): Change {
  const { file, callOf } = reading;
  if ('value' in node) return fixedTo(node.value);
  if ('call' in node) return callOf(node, keys, reading);
  if (!('choice' in node))
    throw file.wrong(keys, 'a list of distributions', 'give each its own name in a map: no list of them can be one parameter');
  const { choice, probabilities, grid = false } = node;
  if (!areEqual(probabilities ?? []))
    throw file.wrong(keys, 'probabilities are not equal', 'use choice without them: samplers learn which values are good');
  const notes = grid ? ['each value of grid_search was tried with every sample; here it is a choice like any other'] : [];
  const plain = choice.flatMap((option) => ('value' in option ? [option.value] : []));
  if (plain.length === choice.length) return noted(choiceOf(plain), notes);
  const maps = choice.flatMap((option) => ('dict' in option ? [option.dict] : []));
  if (maps.length < choice.length)
    throw file.wrong(
      keys,
      'a choice between distributions, or between them and plain values',
      "make each option a map: {'type': 'adam', 'lr': ...}; options without parameters too: {'type': 'none'}",
    );
  return noted(branchOf(maps, keys, reading), notes);
}

const noted = (change: Change, notes: readonly string[]): Change => ({ ...change, notes: [...change.notes, ...notes] });

/** Keys that name a case. */
const naming = ['type', 'name'] as const;

function branchOf(maps: readonly Readonly<Record<string, DumpNode>>[], keys: readonly string[], reading: DumpReading): Change {
  const key = naming.find((candidate) => {
    const names = maps.map((map) => caseName(map[candidate]));
    return names.every((name) => name !== null) && repeated(names as readonly string[]) === undefined;
  });
  const cases = maps.map((map, i): ConvertedCase => {
    const name = key === undefined ? `case${i}` : caseName(map[key])!;
    const others = Object.fromEntries(Object.entries(map).filter(([own]) => own !== key));
    return { name, params: convertMap(others, [...keys, 'choice', String(i), 'dict'], '', reading, []) };
  });
  const said = key === undefined ? 'cases had no name of their own (type or name)' : `what was ${key} is name here`;
  return { param: { type: 'branch', cases }, notes: key === 'name' ? [] : [said] };
}

/** A plain word (null: this cannot name a case). */
function caseName(node: DumpNode | undefined): string | null {
  if (node === undefined || !('value' in node) || typeof node.value !== 'string') return null;
  return /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(node.value) ? node.value : null;
}
