import { attentionStack } from '../../../tensor/nn/attention-stack.ts';
import { lstm } from '../../../tensor/nn/lstm.ts';
import type { SequenceLayer } from '../../../tensor/nn/sequence-layer.ts';
import { ssmDefaults, ssmStack } from '../../../tensor/nn/ssm-stack.ts';
import { positiveInteger, type Rules } from '../options.ts';

export const memoryKinds = ['lstm', 'mamba-1', 'mamba-2', 'attention'] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** Sizes of what an agent remembers with: plain hyper-parameters, each of which a study can search. */
export interface MemorySizes {
  /** Width of the LSTM, or of the state-space or attention layers. */
  readonly memoryWidth: number;
  /** State-space or attention layers; an LSTM is one. */
  readonly memoryLayers: number;
  /** State-space: numbers remembered per channel (Mamba-1) or per channel of a head (Mamba-2). */
  readonly stateWidth: number;
  /** State-space: length of the convolution's kernel, in steps. */
  readonly taps: number;
  /** State-space: inner channels per feature. */
  readonly expand: number;
  /** Mamba-2: channels that share one decay rate, at most all; must divide expand x memoryWidth. */
  readonly headWidth: number;
  /** Attention: views per layer; must divide memoryWidth. */
  readonly heads: number;
}

export const memoryDefaults: MemorySizes = {
  memoryWidth: ssmDefaults.width,
  memoryLayers: ssmDefaults.layers,
  stateWidth: ssmDefaults.stateWidth,
  taps: ssmDefaults.taps,
  expand: ssmDefaults.expand,
  headWidth: 32,
  heads: 4,
};

/** What a layer of memory is called inside the name of its owner: `actor/ssm/0/in_proj/kernel`. */
const parts: Readonly<Record<MemoryKind, string>> = { lstm: 'lstm', 'mamba-1': 'ssm', 'mamba-2': 'ssm', attention: 'attention' };

/** The memory of `owner`; `window` is how far attention looks back. Throws `shape_invalid` naming the layer for sizes that do not fit. */
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

/** What must hold of the sizes that the kind of memory uses, for {@link checkOptions}. */
export function memoryRules(kind: MemoryKind | 'none', sizes: MemorySizes): Rules<MemorySizes> {
  const [ssm, attention] = [kind === 'mamba-1' || kind === 'mamba-2', kind === 'attention'];
  const channels = sizes.expand * sizes.memoryWidth;
  const divides = (x: number, whole: number) => positiveInteger(x) && whole % x === 0;
  return {
    memoryWidth: [positiveInteger(sizes.memoryWidth), 'a positive integer'],
    memoryLayers: [positiveInteger(sizes.memoryLayers), 'a positive integer'],
    stateWidth: [positiveInteger(sizes.stateWidth), 'a positive integer'],
    taps: [!ssm || (Number.isInteger(sizes.taps) && sizes.taps > 1), 'an integer of at least 2'],
    expand: [positiveInteger(sizes.expand), 'a positive integer'],
    headWidth: [
      kind !== 'mamba-2' || divides(Math.min(sizes.headWidth, channels), channels),
      `a divisor of expand x memoryWidth (${channels})`,
    ],
    heads: [!attention || divides(sizes.heads, sizes.memoryWidth), `a divisor of memoryWidth (${sizes.memoryWidth})`],
  };
}
