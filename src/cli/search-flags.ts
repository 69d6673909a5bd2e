/** Values of the flags that describe a search, read from their text. */
import { InvalidArgumentError } from 'commander';
import type { Json } from '../core/json.ts';
import { reservedKeyIn } from '../core/reserved-keys.ts';
import { goalsOf, isDirection, type PruneOnInput } from '../search/study/goals.ts';
import type { Direction, Goal } from '../search/trial/history.ts';
import { isReplicates, mostReplicates, type Replicates } from '../search/trial/replicates.ts';

/** One objective, or several by name. */
export type Aims = { readonly direction: Direction; readonly objectives: readonly Goal[] | null };

export function json(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new InvalidArgumentError('It takes JSON, such as \'{"startupTrials":20}\'.');
  }
  const reserved = reservedKeyIn(value);
  if (reserved !== null) throw new InvalidArgumentError(`${reserved}: no option may have this key.`);
  return value;
}

export function names(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

export function replicates(text: string): Replicates {
  const given = text === 'auto' || text === 'none' ? text : Number(text);
  if (!isReplicates(given)) throw new InvalidArgumentError(`It takes auto, none, or a whole number from 2 to ${mostReplicates}.`);
  return given;
}

/** `minimize`; `maximize,minimize`; `sharpe=maximize,drawdown=minimize`. */
export function aims(text: string): Aims {
  const parts = text.split(',').map((part) => part.split('='));
  if (parts.length === 1 && parts[0]!.length === 1) return { direction: direction(text), objectives: null };
  const named = parts.map((part, i) =>
    part.length === 1 ? [`objective${i}`, direction(part[0]!)] : [part[0]!, direction(part.slice(1).join('='))],
  );
  if (new Set(named.map(([name]) => name)).size < named.length) throw new InvalidArgumentError('Each objective has a name of its own.');
  const objectives = goalsOf(Object.fromEntries(named) as Record<string, Direction>);
  return { direction: objectives[0]!.direction, objectives };
}

function direction(text: string): Direction {
  if (!isDirection(text)) throw new InvalidArgumentError('It takes minimize or maximize.');
  return text;
}

/** `drawdown`, an objective; `loss=minimize`, another metric. */
export function pruneOn(text: string): PruneOnInput {
  const at = text.lastIndexOf('=');
  return at === -1 ? text : { metric: text.slice(0, at), direction: direction(text.slice(at + 1)) };
}
