import { createRng } from '../../core/rng.ts';
import type { VectorEnv } from './env.ts';

const gravity = 10;
const mass = 1;
const length = 1;
const dt = 0.05;
const largestSpeed = 8;
const largestTorque = 2;
const episodeSteps = 200;

/**
 * Pendulum-v1 of gymnasium (envs/classic_control/pendulum.py): swing a pole up and hold it. Observation [cos, sin, speed], action
 * a share of the largest torque, reward -(angle^2 + .1 speed^2 + .001 torque^2). Cut after 200 steps, never terminated.
 */
export function pendulum(count: number): VectorEnv {
  const observations = new Float32Array(count * 3);
  const finalObservations = new Float32Array(count * 3);
  const rewards = new Float32Array(count);
  const truncated = new Uint8Array(count);
  const angle = new Float64Array(count);
  const speed = new Float64Array(count);
  let rng = createRng('pendulum');
  let step = 0;

  const start = (): void => {
    for (let i = 0; i < count; i++) {
      angle[i] = (2 * rng.uniform() - 1) * Math.PI;
      speed[i] = 2 * rng.uniform() - 1;
    }
  };
  const show = (into: Float32Array): void => {
    for (let i = 0; i < count; i++) {
      into[3 * i] = Math.cos(angle[i]!);
      into[3 * i + 1] = Math.sin(angle[i]!);
      into[3 * i + 2] = speed[i]!;
    }
  };
  const wrapped = (x: number): number => x - 2 * Math.PI * Math.floor((x + Math.PI) / (2 * Math.PI));

  return {
    count,
    observationSize: 3,
    actionSize: 1,
    observations,
    finalObservations,
    rewards,
    terminated: new Uint8Array(count),
    truncated,
    reset: (given) => {
      rng = given;
      step = 0;
      start();
      show(observations);
    },
    step: (actions) => {
      for (let i = 0; i < count; i++) {
        const torque = Math.min(Math.max(actions[i]! * largestTorque, -largestTorque), largestTorque);
        rewards[i] = -(wrapped(angle[i]!) ** 2 + 0.1 * speed[i]! ** 2 + 0.001 * torque ** 2);
        const pull = ((3 * gravity) / (2 * length)) * Math.sin(angle[i]!) + (3 / (mass * length ** 2)) * torque;
        speed[i] = Math.min(Math.max(speed[i]! + pull * dt, -largestSpeed), largestSpeed);
        angle[i]! += speed[i]! * dt;
      }
      step = (step + 1) % episodeSteps;
      truncated.fill(step === 0 ? 1 : 0);
      if (step === 0) {
        show(finalObservations);
        start();
      }
      show(observations);
    },
  };
}
