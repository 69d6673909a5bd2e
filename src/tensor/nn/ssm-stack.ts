import { add, concat, slice, transpose } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { linear } from './linear.ts';
import type { SsmSizes } from './mamba.ts';
import { mamba } from './mamba.ts';
import { mamba2 } from './mamba2.ts';
import { rmsNorm } from './norm.ts';
import { lastSteps, type SequenceLayer, type TimeAxis } from './sequence-layer.ts';

export interface SsmStackOptions extends SsmSizes {
  readonly kind: 'mamba-1' | 'mamba-2';
  /** Mamba-2 only. */
  readonly headWidth: number;
  /** Mamba-2 only. */
  readonly chunk: number;
}

/** Small sizes that train on a core; `stateWidth` 16 is Mamba-1's own default. */
export const ssmDefaults: SsmStackOptions = {
  kind: 'mamba-2',
  layers: 2,
  width: 32,
  stateWidth: 16,
  taps: 4,
  expand: 2,
  headWidth: 64,
  chunk: 64,
};

/**
 * A linear layer to `width`, then `layers` times x + mixer(RMSNorm(x)), then a last RMSNorm. Without the norms, four layers of
 * width 64 do not stay finite.
 */
export function ssmStack(name: string, inputs: number, options: SsmStackOptions): SequenceLayer {
  const { kind, width, layers } = options;
  const into = linear(`${name}/embedding`, inputs, width);
  const blocks = Array.from({ length: layers }, (_, i) => ({
    norm: rmsNorm(`${name}/${i}/before`, width),
    mixer: kind === 'mamba-1' ? { ...mamba(`${name}/${i}`, options), rowsFirst: null } : mamba2(`${name}/${i}`, options),
  }));
  const time: TimeAxis = kind === 'mamba-1' ? 0 : 1;
  const turned = (x: Tensor): Tensor => (time === 0 ? x : transpose(x, [1, 0, 2]));
  const last = rmsNorm(`${name}/norm`, width);
  const offsets = blocks.map((_, i) => blocks.slice(0, i).reduce((total, { mixer }) => total + mixer.stateSize, 0));
  const stateSize = blocks.reduce((total, { mixer }) => total + mixer.stateSize, 0);
  const stateOf = (state: Tensor, i: number): Tensor => slice(state, 1, offsets[i]!, offsets[i]! + blocks[i]!.mixer.stateSize);
  return {
    parameters: [...into.parameters, ...blocks.flatMap(({ norm, mixer }) => [...norm.parameters, ...mixer.parameters]), ...last.parameters],
    stateSize,
    sequence: (parameters, x, starts, state, wanted = x.shape[0]!) => {
      let y = into.apply(parameters, turned(x));
      const flags = turned(starts);
      for (const [i, { norm, mixer }] of blocks.entries()) {
        // Only the last block can leave out steps: every other block feeds the next one.
        const needed = i === layers - 1 ? wanted : x.shape[0]!;
        const mix = mixer.rowsFirst ?? mixer.sequence;
        const mixed = mix(parameters, norm.apply(parameters, y), flags, state && stateOf(state, i), needed);
        y = add(lastSteps(y, needed, time), mixed);
      }
      return turned(last.apply(parameters, y));
    },
    step: (parameters, x, state) => {
      const states: Tensor[] = [];
      let y = into.apply(parameters, x);
      for (const [i, { norm, mixer }] of blocks.entries()) {
        const done = mixer.step(parameters, norm.apply(parameters, y), stateOf(state, i));
        y = add(y, done.output);
        states.push(done.state);
      }
      return { output: last.apply(parameters, y), state: concat(states, 1) };
    },
  };
}
