/**
 * Draws `n` of the trials, the same for the same seed. Each trial has a fixed place in a shuffled order and the first `n` are drawn, so a
 * study that grows changes few of them.
 * @returns trials in ascending order of their numbers, all if there are no more than `n`
 */
export function sampleOf(numbers: Int32Array, n: number, seed: number): Int32Array {
  if (numbers.length <= n) return numbers;
  if (n === 0) return new Int32Array(0);
  const rest = mixed(seed >>> 0);
  // Only the first part of the order is sorted; it almost always holds enough, and is widened where it does not.
  for (let share = Math.min(1, (1.2 * n + 50) / numbers.length); ; share = Math.min(1, 2 * share)) {
    const end = share * 2 ** 32;
    const first: { readonly place: number; readonly number: number }[] = [];
    for (const number of numbers) {
      const place = mixed(rest ^ number);
      if (place < end) first.push({ place, number });
    }
    if (first.length < n && share < 1) continue;
    first.sort((a, b) => a.place - b.place || a.number - b.number);
    return Int32Array.from(first.slice(0, n), ({ number }) => number).sort();
  }
}

/** 32 random bits of a number: the finaliser of MurmurHash3 (Austin Appleby, public domain), which maps each number to another one. */
function mixed(bits: number): number {
  let x = (bits + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The `n` trials with the best figures; of equal ones those with the lowest numbers.
 * @param sign 1 to minimise, -1 to maximise
 * @returns ascending numbers
 */
export function bestOf(numbers: Int32Array, figure: Float64Array, sign: 1 | -1, n: number): Int32Array {
  if (numbers.length <= n) return numbers;
  if (n === 0) return new Int32Array(0);
  const losses = Float64Array.from(numbers, (number) => sign * figure[number]!);
  const last = losses.slice().sort()[n - 1]!;
  let equal = n;
  for (const loss of losses) if (loss < last) equal -= 1;
  return numbers.filter((_, i) => {
    const loss = losses[i]!;
    if (loss !== last) return loss < last;
    equal -= 1;
    return equal >= 0;
  });
}

export function signOf(direction: 'minimize' | 'maximize'): 1 | -1 {
  return direction === 'minimize' ? 1 : -1;
}
