import { AssayError } from '../../../core/errors.ts';
import { loadRuntime } from './runtime.ts';
import { readMetadata } from './serialise.ts';

/** A model file that maps rows of one input to rows of one output, for any number of rows. */
export interface RowModel {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** rows x inputSize to rows x outputSize. */
  readonly run: (rows: Float32Array) => Promise<Float32Array>;
  readonly dispose: () => Promise<void>;
}

/** Opens a model with the given input and output, both [rows, columns]; throws `data_invalid` for any other. */
export async function openRowModel(bytes: Uint8Array, input: string, output: string): Promise<RowModel> {
  const runtime = await loadRuntime();
  const session = await runtime.open(bytes);
  const columnsOf = (list: typeof session.inputMetadata, name: string): number => {
    const [first] = list;
    const columns = first?.isTensor === true && first.name === name && first.shape.length === 2 ? first.shape[1] : undefined;
    if (list.length === 1 && typeof columns === 'number') return columns;
    const found = list.map((value) => `${value.name}[${value.isTensor ? value.shape.join(',') : '?'}]`).join(', ');
    throw new AssayError(
      'data_invalid',
      `a model from ${input} to ${output} is wanted; this one has ${found} in place of ${name}[rows, columns]`,
    );
  };
  try {
    const inputSize = columnsOf(session.inputMetadata, input);
    const outputSize = columnsOf(session.outputMetadata, output);
    return {
      inputSize,
      outputSize,
      metadata: readMetadata(bytes),
      run: async (rows) => {
        const count = rows.length / inputSize;
        if (!Number.isInteger(count) || count === 0)
          throw new AssayError('shape_invalid', `${input} takes rows of ${inputSize} numbers, got ${rows.length} numbers`);
        const results = await session.run({ [input]: runtime.tensor(rows, [count, inputSize]) });
        return results[output]!.data as Float32Array;
      },
      dispose: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}
