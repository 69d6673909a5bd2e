import { openRowModel } from '../../tensor/executors/onnx/model.ts';
import { requireFinite } from './finite.ts';

/** A saved policy, ready to act. */
export interface Policy {
  readonly observationSize: number;
  readonly actionSize: number;
  /** What was stored at export. */
  readonly metadata: Readonly<Record<string, string>>;
  /** rows x observationSize to rows x actionSize, any number of rows. Throws `not_finite` when either side holds NaN or infinity. */
  readonly act: (observations: Float32Array) => Promise<Float32Array>;
  readonly dispose: () => Promise<void>;
}

/** Opens what an agent's `exportPolicy` wrote. Throws `data_invalid` for other files. */
export async function loadPolicy(bytes: Uint8Array): Promise<Policy> {
  const model = await openRowModel(bytes, 'observation', 'action');
  return {
    observationSize: model.inputSize,
    actionSize: model.outputSize,
    metadata: model.metadata,
    act: async (observations) => {
      requireFinite('observation', observations, model.inputSize, 'policy');
      const actions = await model.run(observations);
      requireFinite('action', actions, model.outputSize, 'policy');
      return actions;
    },
    dispose: model.dispose,
  };
}
