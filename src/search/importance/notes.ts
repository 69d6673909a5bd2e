import { parseOptions } from '../options.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { History } from '../trial/history.ts';
import { allEqual, learnFrom } from './importance.ts';
import { type ImportanceInput, importanceOptions } from './options.ts';

/** Below n trials for each searched parameter the estimate is noted as uncertain. */
const trialsPerParameter = 10;
/** A choice with at least this share of the trials has hardly been compared with the others. */
const settledShare = 0.8;

/**
 * Returns reasons why importances are uncertain: equal values, too few trials, parameters left out, and for PED-ANOVA choices that the
 * search has settled on; empty if there are none.
 * @throws AssayError as `importance`
 */
export function importanceNotes(space: CompiledSpace, history: History, input: ImportanceInput = {}): readonly string[] {
  const options = parseOptions(importanceOptions, input, 'importance', 'usage');
  const { params, rows, losses } = learnFrom(space, history, options);
  const searched = params.filter(({ single }) => !single);
  if (rows.length < 2) return ['fewer than two complete trials have finite values: nothing can be told'];
  if (allEqual(losses)) return [`all ${rows.length} values are equal: nothing can be told`];
  const notes: string[] = [];
  const enough = trialsPerParameter * searched.length;
  if (rows.length < enough)
    notes.push(`${rows.length} trials for ${searched.length} parameters are few: expect other numbers with more (at least ${enough})`);
  const evaluated = new Set(params.map(({ name }) => name));
  const left = new Set<string>();
  for (const trial of history.observations) {
    if (trial.state !== 'complete') continue;
    for (const name of Object.keys(trial.params)) if (!evaluated.has(name) && space.byName.has(name)) left.add(name);
  }
  if (left.size > 0) notes.push(`${options.evaluator} leaves out what only some trials have: ${[...left].join(', ')}`);
  if (options.evaluator !== 'ped-anova') return notes;
  for (const { index, name, param } of searched) {
    if (param.type !== 'choice') continue;
    const counts = param.choices.map((_, choice) => rows.filter((row) => row[index] === choice).length);
    const most = Math.max(...counts);
    const having = counts.reduce((sum, count) => sum + count, 0);
    if (most < settledShare * having) continue;
    const value = JSON.stringify(param.choices[counts.indexOf(most)]);
    const share = Math.round((100 * most) / having);
    notes.push(`${share} % of the trials have ${name} ${value}: what the others cost is seen by --evaluator fanova`);
  }
  return notes;
}
