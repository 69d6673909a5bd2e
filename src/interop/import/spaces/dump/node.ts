import { z } from 'zod';
import type { SpaceFile } from '../space-file.ts';

/** What `src/interop/python/dump_space.py` writes of a space. */
export type DumpNode =
  | { readonly value: unknown }
  | { readonly dict: Readonly<Record<string, DumpNode>> }
  | { readonly list: readonly DumpNode[] }
  | {
      readonly choice: readonly DumpNode[];
      readonly label?: string | null | undefined;
      readonly probabilities?: readonly number[] | null | undefined;
      readonly grid?: boolean | undefined;
    }
  | DumpCall;

/** A distribution with its arguments in the order of its own signature. */
export interface DumpCall {
  readonly call: string;
  readonly args: readonly unknown[];
  readonly label?: string | undefined;
}

const nodeSchema: z.ZodType<DumpNode> = z.lazy(() =>
  z.union([
    z.strictObject({ value: z.unknown() }),
    z.strictObject({ dict: z.record(z.string(), nodeSchema) }),
    z.strictObject({ list: z.array(nodeSchema) }),
    z.strictObject({
      choice: z.array(nodeSchema),
      label: z.string().nullish(),
      probabilities: z.array(z.number()).nullish(),
      grid: z.boolean().optional(),
    }),
    z.strictObject({ call: z.string(), args: z.array(z.unknown()), label: z.string().optional() }),
  ]),
);

const dumpSchema = z.strictObject({
  assay: z.literal('space'),
  version: z.literal(1),
  from: z.enum(['ray', 'hyperopt']),
  space: nodeSchema,
});

export type Dump = z.output<typeof dumpSchema>;

/** @throws AssayError `space_invalid` for what the script did not write */
export function dumpOf(file: SpaceFile): Dump {
  const parsed = dumpSchema.safeParse(file.tree);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw file.wrong(
    path.map(String),
    `not what dump_space.py writes: ${message}`,
    'write the file again: python dump_space.py space.py > space.json',
  );
}
