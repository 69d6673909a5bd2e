import { errorAt } from '../../core/errors.ts';

const wrong = errorAt('study_invalid');

/** Resources of the machine that one trial needs. */
export interface Needs {
  /** Number of cores that it uses; default 1. On a machine with fewer it runs alone. */
  readonly threads?: number;
  /** A machine with less free memory does not take the study. */
  readonly memoryMb?: number;
  /** Default: either. */
  readonly device?: 'cpu' | 'gpu';
}

/**
 * Checks the needs that a study file declares (null: none).
 * @throws AssayError `study_invalid`
 */
export function needsOf(given: Needs | undefined): Needs | null {
  if (given === undefined) return null;
  if (typeof given !== 'object' || given === null) throw wrong('needs', 'must be an object such as { threads: 2 }', example);
  const { threads, memoryMb, device, ...others } = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`needs.${unknown}`, `a trial cannot need ${JSON.stringify(unknown)}`, example);
  for (const [name, value] of Object.entries({ threads, memoryMb }))
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
      throw wrong(`needs.${name}`, `${JSON.stringify(value)} is not a whole number from 1`, example);
  if (device !== undefined && device !== 'cpu' && device !== 'gpu')
    throw wrong('needs.device', `${JSON.stringify(device)} is not a kind of device`, "give 'cpu' or 'gpu', or leave it out for either");
  const needs: Needs = {
    ...(threads !== undefined && { threads }),
    ...(memoryMb !== undefined && { memoryMb }),
    ...(device !== undefined && { device }),
  };
  return Object.keys(needs).length === 0 ? null : needs;
}

/** `2 threads, 4096 MB, a gpu`. */
export function describeNeeds({ threads, memoryMb, device }: Needs): string {
  return [
    ...(threads === undefined ? [] : [threads === 1 ? '1 thread' : `${threads} threads`]),
    ...(memoryMb === undefined ? [] : [`${memoryMb} MB`]),
    ...(device === undefined ? [] : [`a ${device}`]),
  ].join(', ');
}

const example = "give needs: { threads: 2, memoryMb: 4096, device: 'gpu' }, or some of them";
