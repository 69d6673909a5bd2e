import { AssayError } from '../core/errors.ts';
import type { Device } from '../search/study/trial-context.ts';

/** Flags of a run that bear on whether it gives the same again. */
interface RunLimits {
  readonly deterministic?: true;
  readonly workers?: number;
  readonly device?: readonly Device[];
  readonly time?: number;
  readonly timeout?: number;
}

/**
 * The flags of a run that is to give the same numbers, parameters, values and reports each time: one trial at once on the processor, so that
 * each suggestion and each pruning decision is made from the same history, and no limit that a clock decides. The budget of the study file is
 * checked where the file is loaded (`prepareRun`).
 * @throws AssayError `usage` for a flag that rules it out
 */
export function deterministicFlags<Flags extends RunLimits>(flags: Flags): Flags {
  if (flags.deterministic !== true) return flags;
  if ((flags.workers ?? 1) !== 1) throw refused('--workers 1', 'which of several trials ends first is never the same');
  if (flags.device?.some((device) => device !== 'cpu')) throw refused('--device cpu', 'a GPU adds numbers in any order');
  if (flags.time !== undefined || flags.timeout !== undefined)
    throw refused('--trials or --steps in place of a time', 'a clock ends a study at another trial each time');
  return { ...flags, workers: 1 };
}

function refused(takes: string, because: string): AssayError {
  return new AssayError('usage', `--deterministic takes ${takes}: ${because}`, { hint: 'change the flag, or leave --deterministic out' });
}
