import { AssayError } from '../../../core/errors.ts';
import { loadRuntime } from './runtime.ts';
import { readMetadata } from './serialise.ts';

/** An open model file that maps rows of one input to rows of one output; a model with memory also takes and returns a state. */
export interface RowModel {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Size of the state; 0 for a model without memory. */
  readonly stateSize: number;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Maps rows x inputSize to rows x outputSize, row by row if the file was made for one row. A model with memory takes one row and its
   * state, and returns one row and the next state.
   */
  readonly run: (rows: Float32Array, state?: Float32Array) => Promise<{ readonly rows: Float32Array; readonly state?: Float32Array }>;
  readonly dispose: () => Promise<void>;
}

interface Names {
  readonly input: string;
  readonly output: string;
}

/**
 * Opens a model with the given input and output, both [rows, columns], and the given names of its state, both [1, size], if it has any.
 * @throws `data_invalid` for any other model or file.
 */
export async function openRowModel(bytes: Uint8Array, input: string, output: string, memory?: Names): Promise<RowModel> {
  const runtime = await loadRuntime();
  const session = await runtime.open(bytes);
  type Values = typeof session.inputMetadata;
  const columnsOf = (list: Values, name: string): number | undefined => {
    const found = list.find((value) => value.name === name);
    const columns = found?.isTensor === true && found.shape.length === 2 ? found.shape[1] : undefined;
    return typeof columns === 'number' ? columns : undefined;
  };
  const mismatch = (list: Values, name: string): AssayError => {
    const found = list.map((value) => `${value.name}[${value.isTensor ? value.shape.join(',') : '?'}]`).join(', ');
    return new AssayError(
      'data_invalid',
      `a model from ${input} to ${output} is expected, but this one has ${found} in place of ${name}[rows, columns]`,
    );
  };
  try {
    const [inputs, outputs] = [session.inputMetadata, session.outputMetadata];
    const [inputSize, outputSize] = [columnsOf(inputs, input), columnsOf(outputs, output)];
    const stateSize = memory === undefined ? undefined : columnsOf(inputs, memory.input);
    const shown = inputs.find(({ name }) => name === input);
    const oneRow = shown?.isTensor === true && shown.shape[0] === 1;
    const values = stateSize === undefined ? 1 : 2;
    if (inputSize === undefined || inputs.length !== values) throw mismatch(inputs, input);
    if (outputSize === undefined || outputs.length !== values) throw mismatch(outputs, output);
    if (memory !== undefined && columnsOf(outputs, memory.output) !== stateSize) throw mismatch(outputs, memory.output);
    return {
      inputSize,
      outputSize,
      stateSize: stateSize ?? 0,
      metadata: readMetadata(bytes),
      run: async (rows, state) => {
        const count = rows.length / inputSize;
        if (!Number.isInteger(count) || count === 0)
          throw new AssayError('shape_invalid', `${input} takes rows of ${inputSize} numbers, got ${rows.length} numbers`);
        if (memory === undefined || stateSize === undefined) {
          const results = new Float32Array(count * outputSize);
          const each = oneRow ? 1 : count;
          for (let row = 0; row < count; row += each) {
            const given = { [input]: runtime.tensor(rows.subarray(row * inputSize, (row + each) * inputSize), [each, inputSize]) };
            results.set((await session.run(given))[output]!.data as Float32Array, row * outputSize);
          }
          return { rows: results };
        }
        if (count !== 1 || state?.length !== stateSize)
          throw new AssayError('shape_invalid', `a model with memory takes one row and a state of ${stateSize} numbers`);
        const given = { [input]: runtime.tensor(rows, [1, inputSize]), [memory.input]: runtime.tensor(state, [1, stateSize]) };
        const results = await session.run(given);
        return { rows: results[output]!.data as Float32Array, state: results[memory.output]!.data as Float32Array };
      },
      dispose: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}
