import type { Direction } from '../../../search/trial/history.ts';
import type { Converted } from './converted.ts';

/** A builder of a sampler or pruner, with the options that differ from its defaults. */
export interface Call<Name extends string> {
  readonly name: Name;
  readonly options: Readonly<Record<string, number>>;
}

/** A value with lines about how its meaning changed. */
export interface Noted<Value> {
  readonly value: Value;
  readonly notes: readonly string[];
}

/** What another program's file says of a study, in our words. */
export interface StudyDraft {
  readonly from: string;
  /** Name that the file gives itself. */
  readonly name: string | null;
  /** Lines about the whole. */
  readonly notes: readonly string[];
  readonly params: readonly Converted[];
  readonly direction: Noted<Direction>;
  readonly sampler?: Noted<Call<'auto' | 'random' | 'grid'>>;
  readonly pruner?: Noted<Call<'successiveHalving' | 'hyperband' | 'nop'>>;
  readonly trials?: Noted<number>;
  /** Value of the objective at which the study stops. */
  readonly target?: number;
  readonly program?: ProgramCall;
}

/** A program that gets parameters as arguments. */
export interface ProgramCall {
  /** The program and its arguments; words of {@link ArgumentStyle} stand for those of the parameters. */
  readonly words: readonly (string | { readonly args: ArgumentStyle } | { readonly variable: string })[];
  /** What its value is called there. */
  readonly metric: string;
}

/** `--a=1`, `a=1`, `--a=1` with `--flag` for true and nothing for false, or one text of JSON. */
export type ArgumentStyle = 'flags' | 'plain' | 'booleans' | 'json';
