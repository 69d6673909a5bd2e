import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

const gravity = 10;
const mass = 1;
const length = 1;
const dt = 0.05;
const largestSpeed = 8;
const largestTorque = 2;

/**
 * Pendulum-v1 of gymnasium (envs/classic_control/pendulum.py): swing a pole up and hold it. Observation [cos, sin, speed], action a share
 * of the largest torque, reward -(angle^2 + 0.1 speed^2 + 0.001 torque^2). Truncated after 200 steps, never terminated.
 */
export function pendulum(count: number): VectorEnv {
  const angle = new Float64Array(count);
  const speed = new Float64Array(count);
  return vectorised(count, {
    observationSize: 3,
    actionSize: 1,
    episodeSteps: 200,
    begin: (copy, rng) => {
      angle[copy] = (2 * rng.uniform() - 1) * Math.PI;
      speed[copy] = 2 * rng.uniform() - 1;
    },
    show: (copy, into, offset) => {
      into[offset] = Math.cos(angle[copy]!);
      into[offset + 1] = Math.sin(angle[copy]!);
      into[offset + 2] = speed[copy]!;
    },
    advance: (copy, actions, offset) => {
      const torque = clamped(actions[offset]! * largestTorque, largestTorque);
      const reward = -(wrapped(angle[copy]!) ** 2 + 0.1 * speed[copy]! ** 2 + 0.001 * torque ** 2);
      const pull = ((3 * gravity) / (2 * length)) * Math.sin(angle[copy]!) + (3 / (mass * length ** 2)) * torque;
      speed[copy] = clamped(speed[copy]! + pull * dt, largestSpeed);
      angle[copy]! += speed[copy]! * dt;
      return reward;
    },
  });
}

function clamped(x: number, largest: number): number {
  return Math.min(Math.max(x, -largest), largest);
}

/** The same angle in [-pi, pi). */
function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}
