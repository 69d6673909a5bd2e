import { z } from 'zod';
import { attentionStack } from '../../../tensor/nn/attention-stack.ts';
import { lstm } from '../../../tensor/nn/lstm.ts';
import type { SequenceLayer } from '../../../tensor/nn/sequence-layer.ts';
import { ssmDefaults, ssmStack } from '../../../tensor/nn/ssm-stack.ts';
import { type Conflicts, count, divides, width } from '../options.ts';

export const memoryKinds = ['lstm', 'mamba-1', 'mamba-2', 'attention'] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/**
 * The memory of an agent as plain settings, each of which a study can search.
 * @param kind the agent's default memory, and its sizes
 */
export const memoryShape = <Kind extends MemoryKind | 'none'>(
  kind: Kind,
  { memoryWidth = ssmDefaults.width, memoryLayers = ssmDefaults.layers } = {},
) => ({
  memory: z
    .enum(['none', ...memoryKinds])
    .default(kind)
    .meta({
      description: 'memory of earlier observations; for recurrent PPO `none` is an LSTM that is cleared at every step, as a control',
    }),
  memoryReach: z.enum(['session', 'account']).default('session').meta({
    description:
      'how far a memory reaches back, in training, search, validation and the saved policy: `session`, it is cleared at the first observation of each session; `account`, it is carried from one session to the next, in training until the episode ends',
  }),
  memoryWidth: width.default(memoryWidth).meta({ description: 'width of the LSTM, or of the state-space or attention layers' }),
  memoryLayers: count.default(memoryLayers).meta({ description: 'state-space or attention layers; an LSTM is one' }),
  stateWidth: width
    .default(ssmDefaults.stateWidth)
    .meta({ description: 'state-space: numbers remembered per channel (Mamba-1) or per channel of a head (Mamba-2)' }),
  taps: z.int().min(2).default(ssmDefaults.taps).meta({ description: "state-space: length of the convolution's kernel, in steps" }),
  expand: count.default(ssmDefaults.expand).meta({ description: 'state-space: inner channels per feature' }),
  headWidth: width.default(32).meta({
    description:
      'Mamba-2: channels that share one decay rate; divides expand x memoryWidth. Smaller heads give a small width several rates, which cost time',
  }),
  heads: count.default(4).meta({ description: 'attention: heads per layer; divides memoryWidth' }),
  window: z
    .int()
    .min(2)
    .default(60)
    .meta({ description: 'observations that attention sees, the last included; for SAC also those of a gradient step' }),
});

type Memory = z.output<z.ZodObject<ReturnType<typeof memoryShape>>>;
export type MemorySizes = Readonly<Omit<Memory, 'memory' | 'memoryReach' | 'window'>>;

/** Name of a memory layer inside the name of its owner: `actor/ssm/0/in_proj/kernel`. */
const parts: Readonly<Record<MemoryKind, string>> = { lstm: 'lstm', 'mamba-1': 'ssm', 'mamba-2': 'ssm', attention: 'attention' };

/**
 * Creates the memory of `owner`; `window` is the number of observations that attention sees.
 * @throws AssayError `shape_invalid` naming the layer for sizes that do not fit.
 */
export function createMemory(owner: string, inputs: number, kind: MemoryKind, sizes: MemorySizes, window: number): SequenceLayer {
  const name = `${owner}/${parts[kind]}`;
  const { memoryWidth: width, memoryLayers: layers, stateWidth, taps, expand, heads } = sizes;
  const headWidth = Math.min(sizes.headWidth, expand * width);
  switch (kind) {
    case 'lstm':
      return lstm(name, inputs, width);
    case 'attention':
      return attentionStack(name, inputs, { layers, width, heads, window });
    case 'mamba-1':
    case 'mamba-2':
      return ssmStack(name, inputs, { kind, layers, width, stateWidth, taps, expand, headWidth, chunk: ssmDefaults.chunk });
  }
}

/** Rules between the sizes that this kind of memory uses. */
export function memoryConflicts({ memory, memoryWidth, expand, headWidth, heads }: Memory): Conflicts<Memory> {
  const channels = expand * memoryWidth;
  if (memory === 'mamba-2' && !divides(Math.min(headWidth, channels), channels))
    return { headWidth: `a divisor of expand x memoryWidth (${channels})` };
  return memory === 'attention' && !divides(heads, memoryWidth) ? { heads: `a divisor of memoryWidth (${memoryWidth})` } : {};
}
