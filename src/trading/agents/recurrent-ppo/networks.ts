import { concat, reshape, slice, tanh } from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { orthogonal } from '../../../tensor/nn/initial.ts';
import { linear } from '../../../tensor/nn/linear.ts';
import type { Layer, Layout, Parameters } from '../../../tensor/nn/parameters.ts';
import { layoutOf } from '../../../tensor/nn/parameters.ts';
import type { SequenceLayer } from '../../../tensor/nn/sequence-layer.ts';
import { createMemory } from '../encoders/memory.ts';
import { createObservationEncoder } from '../encoders/observation.ts';
import type { ActionDistribution } from './distribution.ts';
import { categorical, gaussian } from './distribution.ts';
import type { RecurrentPpoOptions } from './options.ts';

export interface Spaces {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Numbers of choices per action. Default: actions in [-1, 1]. */
  readonly choices?: readonly number[];
}

/** Results of actor and critic for each observation, and the memory's next state. */
interface Answer {
  readonly head: Tensor;
  /** [rows, 1]. */
  readonly value: Tensor;
}

/** A shared encoder, then actor and critic, each with its own memory and tanh layers; all parameters in one vector. */
export interface RecurrentNetworks {
  readonly spaces: Spaces;
  readonly distribution: ActionDistribution;
  readonly layout: Layout;
  /** Size of the memory's state per environment: the actor's, then the critic's. */
  readonly stateSize: number;
  /** [steps, rows, observationSize] to results of steps x rows. */
  readonly sequence: (parameters: Parameters, observations: Tensor, starts: Tensor, state: Tensor) => Answer;
  readonly step: (parameters: Parameters, observations: Tensor, state: Tensor) => Answer & { readonly state: Tensor };
}

export function createRecurrentNetworks(spaces: Spaces, options: RecurrentPpoOptions): RecurrentNetworks {
  const distribution = spaces.choices ? categorical(spaces.choices) : gaussian('actor', spaces.actionSize);
  const encoder = createObservationEncoder('shared', spaces, options);
  const features = encoder.outputs;
  const kind = options.memory === 'none' ? 'lstm' : options.memory;
  const memoryOf = (owner: string): SequenceLayer => createMemory(owner, features, kind, options, options.window);
  const memories = [memoryOf('actor'), memoryOf('critic')] as const;
  // A small last layer lets the first policy be nearly uniform (Andrychowicz et al. 2021, section 3.2).
  const towers = [tower('actor', options, distribution.headSize, 0.01), tower('critic', options, 1, 1)] as const;
  const actorState = memories[0].stateSize;
  const stateSize = actorState + memories[1].stateSize;
  const split = (state: Tensor) => [slice(state, 1, 0, actorState), slice(state, 1, actorState, stateSize)] as const;
  return {
    spaces,
    distribution,
    layout: layoutOf([encoder, ...memories, ...towers, distribution].flatMap((part) => part.parameters)),
    stateSize,
    sequence: (parameters, observations, starts, state) => {
      const [steps, rows, size] = observations.shape as readonly [number, number, number];
      const x = reshape(encoder.apply(parameters, reshape(observations, [steps * rows, size])), [steps, rows, features]);
      const states = split(state);
      const [head, value] = memories.map((memory, i) => {
        const y = memory.sequence(parameters, x, starts, states[i]!);
        return towers[i]!.apply(parameters, reshape(y, [steps * rows, y.shape[2]!]));
      });
      return { head: head!, value: value! };
    },
    step: (parameters, observations, state) => {
      const x = encoder.apply(parameters, observations);
      const states = split(state);
      const done = memories.map((memory, i) => memory.step(parameters, x, states[i]!));
      const [head, value] = done.map(({ output }, i) => towers[i]!.apply(parameters, output));
      return {
        head: head!,
        value: value!,
        state: concat(
          done.map((memory) => memory.state),
          1,
        ),
      };
    },
  };
}

function tower(name: string, { hidden, memoryWidth }: RecurrentPpoOptions, outputs: number, gain: number): Layer {
  const widths = [memoryWidth, ...hidden];
  const layers = hidden.map((width, i) => linear(`${name}/${i}`, widths[i]!, width, { kernel: orthogonal(widths[i]!, width, Math.SQRT2) }));
  const head = linear(`${name}/head`, widths.at(-1)!, outputs, { kernel: orthogonal(widths.at(-1)!, outputs, gain) });
  return {
    parameters: [...layers, head].flatMap((layer) => layer.parameters),
    apply: (parameters, x) =>
      head.apply(
        parameters,
        layers.reduce((y, layer) => tanh(layer.apply(parameters, y)), x),
      ),
  };
}
