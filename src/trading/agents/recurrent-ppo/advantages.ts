/** One rollout, [steps, environments] each, time first. */
interface Rollout {
  readonly rewards: Float32Array;
  /** Values of the observations that the actions answered. */
  readonly values: Float32Array;
  /** 1 where the step ended its episode. */
  readonly ended: Float32Array;
  /** Values of the observations after the last step, one per environment. */
  readonly lastValues: Float32Array;
}

/**
 * Generalised advantage estimates (Schulman et al. 2016, arXiv 1506.02438, equation 16), backwards through each environment: delta = r +
 * gamma V' - V, A = delta + gamma lambda A'. At the end of an episode V' and A' are 0.
 */
export function advantages({ rewards, values, ended, lastValues }: Rollout, gamma: number, lambda: number): Float32Array {
  const environments = lastValues.length;
  const out = new Float32Array(rewards.length);
  for (let environment = 0; environment < environments; environment++) {
    let nextValue = lastValues[environment]!;
    let following = 0;
    for (let at = rewards.length - environments + environment; at >= 0; at -= environments) {
      const goesOn = 1 - ended[at]!;
      following = rewards[at]! + gamma * nextValue * goesOn - values[at]! + gamma * lambda * goesOn * following;
      nextValue = values[at]!;
      out[at] = following;
    }
  }
  return out;
}
