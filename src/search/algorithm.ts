import type { z } from 'zod';
import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { parseOptions } from './options.ts';

/** A sampler or pruner as data: its id and its options. */
export interface AlgorithmRef {
  readonly id: string;
  readonly options: Json;
}

/** An algorithm described once: called by a study, it gives the reference; by its id, a registry finds it and makes it from one. */
export interface Algorithm<Input, Made> {
  /**
   * The reference with every option filled in, so that a study stays what it was when defaults change.
   * @throws AssayError `study_invalid` for an unknown option or one out of range.
   */
  // biome-ignore lint/complexity/noBannedTypes: asks whether no option is needed
  (...options: {} extends Input ? [options?: Input] : [options: Input]): AlgorithmRef;
  readonly id: string;
  /** @throws AssayError `study_invalid` for an unknown option or one out of range. */
  readonly create: (options: Json, createOther: CreateOther<Made>) => Made;
}

/** Makes another algorithm of the same kind, for one that wraps it. */
export type CreateOther<Made> = (ref: AlgorithmRef) => Made;

export interface AlgorithmDefinition<Options, Input, Made> {
  /** Stored with the study, and the name of the builder in kebab case. */
  readonly id: string;
  readonly options: z.ZodObject & z.ZodType<Options, Input>;
  readonly create: (options: Options, createOther: CreateOther<Made>) => Made;
}

/** Makes the builder and registry entry of an algorithm. */
export function defineAlgorithm<Options, Input, Made>(definition: AlgorithmDefinition<Options, Input, Made>): Algorithm<Input, Made> {
  const { id, options: schema, create } = definition;
  const build = (options: unknown = {}): AlgorithmRef => ({ id, options: parseOptions(schema, options, id) as Json });
  const made = (options: Json, createOther: CreateOther<Made>): Made => create(parseOptions(schema, options, id), createOther);
  return Object.assign(build, { id, create: made });
}

/**
 * What a reference names, made from its options.
 * @param kind in words, for the error: `sampler`.
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
