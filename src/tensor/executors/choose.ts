import { AssayError, messageOf } from '../../core/errors.ts';
import type { Executor, ExecutorChoice } from './executor.ts';
import { kernelsExecutor } from './kernels/executor.ts';
import { onnxExecutor } from './onnx/executor.ts';
import { eagerExecutor } from './tensorflow/eager.ts';
import { tensorflowExecutor } from './tensorflow/executor.ts';
import { gpuVisible, installedRuntime, loadTensorflow } from './tensorflow/runtime.ts';

const executors: Readonly<Record<Exclude<ExecutorChoice, 'auto'>, Executor>> = {
  onnx: onnxExecutor,
  tensorflow: tensorflowExecutor,
  'tensorflow-eager': eagerExecutor,
  kernels: kernelsExecutor,
};

export function chooseExecutor(choice: ExecutorChoice = 'auto'): Executor {
  return choice === 'auto' ? automatic().executor : executors[choice];
}

interface Automatic {
  readonly executor: Executor;
  readonly because: string;
}

/** Looks for a card before it loads TensorFlow, which takes half a second and hundreds of megabytes. */
function automatic(): Automatic {
  if (!gpuVisible()) return { executor: onnxExecutor, because: 'no CUDA card is visible to this process' };
  try {
    if (installedRuntime().facts.build !== 'gpu')
      return { executor: onnxExecutor, because: 'a card is visible, but TensorFlow is set up without --gpu' };
    return loadTensorflow().onGpu
      ? { executor: tensorflowExecutor, because: 'TensorFlow has a GPU' }
      : { executor: onnxExecutor, because: 'TensorFlow finds no GPU that it can use' };
  } catch (error) {
    return { executor: onnxExecutor, because: messageOf(error) };
  }
}

export interface ExecutorReport {
  readonly id: ExecutorChoice;
  readonly ready: boolean;
  /** The library with its version, or why it does not run. */
  readonly found: string;
  readonly hint?: string;
}

/** Reports which executors can run in this process, by loading each. */
export async function reportExecutors(): Promise<readonly ExecutorReport[]> {
  const { executor, because } = automatic();
  return [
    await reportOf('onnx', async () => `${await onnxExecutor.library()}, one thread a trial`),
    await reportOf(
      'tensorflow',
      async () => `${await tensorflowExecutor.library()}${loadTensorflow().onGpu ? '' : ', one thread a trial'}`,
    ),
    await reportOf('tensorflow-eager', async () => `${await eagerExecutor.library()}: for graphs that it refuses as a whole`),
    await reportOf('kernels', async () => `${await kernelsExecutor.library()}: slow, the reference for the others`),
    { id: 'auto', ready: true, found: `${executor.id}: ${because}` },
  ];
}

async function reportOf(id: ExecutorChoice, look: () => string | Promise<string>): Promise<ExecutorReport> {
  try {
    return { id, ready: true, found: await look() };
  } catch (error) {
    const hint = error instanceof AssayError ? error.hint : undefined;
    return { id, ready: false, found: messageOf(error), ...(hint !== undefined && { hint }) };
  }
}
