import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

const gravity = 9.8;
const cartMass = 1;
const poleMass = 0.1;
const totalMass = cartMass + poleMass;
/** Half the length of the pole. */
const length = 0.5;
const push = 10;
const dt = 0.02;
const largestAngle = (12 * 2 * Math.PI) / 360;
const largestPosition = 2.4;

interface CartPoleOptions {
  /** False hides both speeds, so that only a policy with memory can balance. */
  readonly velocity?: boolean;
}

/**
 * CartPole-v1 of gymnasium (envs/classic_control/cartpole.py; Barto, Sutton & Anderson 1983): push a cart left (0) or right (1) to keep its
 * pole up. Reward 1 per step; terminated when the pole leans more than 12 degrees or the cart is 2.4 from the centre; truncated after 500
 * steps. Observation [position, speed, angle, angular speed], or [position, angle].
 */
export function cartPole(count: number, { velocity = true }: CartPoleOptions = {}): VectorEnv {
  const state = new Float64Array(count * 4);
  return vectorised(count, {
    observationSize: velocity ? 4 : 2,
    actionSize: 1,
    choices: [2],
    episodeSteps: 500,
    begin: (copy, rng) => {
      for (let i = 0; i < 4; i++) state[4 * copy + i] = 0.1 * rng.uniform() - 0.05;
    },
    show: (copy, into, offset) => {
      const own = state.subarray(4 * copy, 4 * copy + 4);
      into.set(velocity ? own : [own[0]!, own[2]!], offset);
    },
    advance: (copy, actions, offset) => {
      const own = state.subarray(4 * copy, 4 * copy + 4);
      const [x, speed, angle, turning] = own as unknown as readonly [number, number, number, number];
      const force = actions[offset] === 1 ? push : -push;
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      const pull = (force + poleMass * length * turning * turning * sin) / totalMass;
      const turn = (gravity * sin - cos * pull) / (length * (4 / 3 - (poleMass * cos * cos) / totalMass));
      const acceleration = pull - (poleMass * length * turn * cos) / totalMass;
      own.set([x + dt * speed, speed + dt * acceleration, angle + dt * turning, turning + dt * turn]);
      return 1;
    },
    over: (copy) => Math.abs(state[4 * copy]!) > largestPosition || Math.abs(state[4 * copy + 2]!) > largestAngle,
  });
}
