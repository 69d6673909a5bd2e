import type { z } from 'zod';
import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { parseOptions } from './options.ts';

/** A sampler or pruner as data: its id and its options. */
export interface AlgorithmRef {
  readonly id: string;
  readonly options: Json;
}

/** Builder and registry entry of an algorithm: a study calls it to get a reference; the registry finds it by id and creates it from one. */
export interface Algorithm<Input, Made> {
  /**
   * Returns the reference with every option filled in, so that a change of defaults does not change the study.
   * @throws AssayError `study_invalid` for an unknown option or one out of range.
   */
  // biome-ignore lint/complexity/noBannedTypes: true if no option is required
  (...options: {} extends Input ? [options?: Input] : [options: Input]): AlgorithmRef;
  readonly id: string;
  /** @throws AssayError `study_invalid` for an unknown option or one out of range. */
  readonly create: (options: Json, createOther: CreateOther<Made>) => Made;
}

/** Creates another algorithm of the same kind, for one that wraps it. */
export type CreateOther<Made> = (ref: AlgorithmRef) => Made;

export interface AlgorithmDefinition<Options, Input, Made> {
  /** Stored with the study, and the name of the builder in kebab case. */
  readonly id: string;
  readonly options: z.ZodObject & z.ZodType<Options, Input>;
  readonly create: (options: Options, createOther: CreateOther<Made>) => Made;
}

/** Creates the builder and registry entry of an algorithm. */
export function defineAlgorithm<Options, Input, Made>(definition: AlgorithmDefinition<Options, Input, Made>): Algorithm<Input, Made> {
  const { id, options: schema, create } = definition;
  const build = (options: unknown = {}): AlgorithmRef => ({ id, options: parseOptions(schema, options, id) as Json });
  const made = (options: Json, createOther: CreateOther<Made>): Made => create(parseOptions(schema, options, id), createOther);
  return Object.assign(build, { id, create: made });
}

/**
 * Creates the algorithm that a reference names.
 * @param kind for the error: `sampler`
 * @throws AssayError `study_invalid` for an unknown id or option.
 */
export function createFrom<Made>(
  kind: string,
  algorithms: readonly Pick<Algorithm<never, Made>, 'id' | 'create'>[],
  ref: AlgorithmRef,
): Made {
  const found = algorithms.find(({ id }) => id === ref.id);
  if (found === undefined)
    throw new AssayError('study_invalid', `there is no ${kind} ${JSON.stringify(ref.id)}`, {
      place: kind,
      hint: `known: ${algorithms.map(({ id }) => id).join(', ')}`,
    });
  return found.create(ref.options, (other) => createFrom(kind, algorithms, other));
}
