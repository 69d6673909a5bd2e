import { importance } from '../../search/importance/importance.ts';
import { importanceNotes } from '../../search/importance/notes.ts';
import type { ImportanceInput } from '../../search/importance/options.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import type { Direction, History } from '../../search/trial/history.ts';
import type { ImportanceChart } from '../routes/charts/importance.ts';
import { paramKey } from './axis.ts';
import type { TrialColumns } from './columns.ts';
import { sampleOf } from './sample.ts';

export interface ImportanceAsked {
  readonly space: CompiledSpace;
  /** Of every objective. */
  readonly directions: readonly Direction[];
  /** Columns of the objectives after the first. */
  readonly objectiveKeys: readonly string[];
  /** Place of the one that is asked about (undefined: all). */
  readonly objective?: number | undefined;
  readonly method: ImportanceChart['method'];
  readonly trials: Int32Array;
  /** For the sample. */
  readonly seed: number;
}

type Body = Omit<ImportanceChart, 'revision' | 'objective'>;

/** Trials that an answer is taken from: more change the shares less than their intervals, and the forests take seconds. */
const mostTrials: Readonly<Record<ImportanceChart['method'], number>> = { 'ped-anova': 5000, fanova: 500, mdi: 500 };

/** Importance of the parameters, from complete trials with finite values. */
export function importanceChart(columns: TrialColumns, asked: ImportanceAsked): Body {
  const { space, directions, objective, method, trials, seed } = asked;
  const values = [columns.value, ...asked.objectiveKeys.map((key) => columns.further.get(key)!)];
  const counted = objective === undefined ? values : [values[objective]!];
  const used = trials.filter((number) => counted.every((column) => Number.isFinite(column[number]!)));
  const sample = sampleOf(used, mostTrials[method], seed);
  const history: History = {
    direction: directions[0]!,
    ...(directions.length > 1 && { directions }),
    observations: Array.from(sample, (number) => ({
      state: 'complete' as const,
      number,
      params: paramsOf(columns, space, number),
      value: columns.value[number]!,
      ...(directions.length > 1 && { values: values.map((column) => column[number]!) }),
    })),
  };
  const input: ImportanceInput = { evaluator: method, conditionals: 'weighed', ...(objective !== undefined && { objective }) };
  const notes = importanceNotes(space, history, input);
  return {
    total: trials.length,
    used: used.length,
    shown: sample.length,
    reduced: sample.length < used.length ? 'sample' : 'none',
    method,
    items: importance(space, history, input).map(({ param, importance: value, low, high }) => ({ name: param, value, low, high })),
    trialsUsed: sample.length,
    notes: sample.length < used.length ? [...notes, `taken from a sample of ${sample.length} of ${used.length} trials`] : notes,
  };
}

/** The parameters of a trial, from its columns. */
function paramsOf({ further }: TrialColumns, space: CompiledSpace, number: number): Readonly<Record<string, ChoiceValue>> {
  const params: Record<string, ChoiceValue> = {};
  for (const { name, param } of space.params) {
    const value = further.get(paramKey(name))![number]!;
    if (!Number.isNaN(value)) params[name] = param.type === 'choice' ? param.choices[value]! : value;
  }
  return params;
}
