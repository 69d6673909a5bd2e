import { z } from 'zod';

/** Kinds of numbers that gate policies state. */

export const wholeFrom = (least: number, description: string) => z.int().min(least).meta({ description });

export const share = (description: string) => z.number().min(0).max(1).meta({ description });

export const probability = (description: string) => z.number().gt(0).lt(1).meta({ description });

export const drawdown = (description: string) => z.number().gt(0).max(1).meta({ description });

export const atLeastZero = (description: string) => z.number().min(0).meta({ description });

/** What a gate asks without a number that it got later. */
interface Later {
  /** The value that asks what the gate asked before it had the number. */
  readonly without: unknown;
  /** True if a value asks as much as another one, or more. */
  readonly isAsStrict: (value: unknown, than: unknown) => boolean;
}

/** Numbers that a gate got after policies were stored without them, by the schema of each. */
export const numbersOfLater = new WeakMap<object, Later>();

/** Marks a number that a gate got later, so that what was stored before can still be asked, and never becomes more lenient. */
export function gotLater<Value, Schema extends z.ZodType<Value>>(
  schema: Schema,
  { without, isAsStrict }: { readonly without: Value; readonly isAsStrict: (value: Value, than: Value) => boolean },
): Schema {
  // Both values have passed the schema, or are its own.
  numbersOfLater.set(schema, { without, isAsStrict: isAsStrict as Later['isAsStrict'] });
  return schema;
}
