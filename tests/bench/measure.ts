export interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/**
 * What one call costs: the median of `blocks` blocks of `calls`, after one block to warm up. Processor time (of the whole process,
 * so that a garbage collector's threads count) is what to compare: others may be using the machine.
 */
export async function costOf(call: () => Promise<unknown>, calls: number, blocks = 7): Promise<Cost> {
  const costs: Cost[] = [];
  for (let block = 0; block <= blocks; block++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < calls; i++) await call();
    const { user, system } = process.cpuUsage(cpu);
    if (block > 0) costs.push({ cpuMs: (user + system) / 1000 / calls, wallMs: (performance.now() - start) / calls });
  }
  const median = (of: (cost: Cost) => number): number => costs.map(of).sort((a, b) => a - b)[Math.floor(costs.length / 2)]!;
  return { cpuMs: median(({ cpuMs }) => cpuMs), wallMs: median(({ wallMs }) => wallMs) };
}

/** What one call that cannot be repeated costs, as it stands. */
export async function costOnce<Result>(call: () => Promise<Result>): Promise<Cost & { readonly result: Result }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await call();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - start, result };
}

/** What a call of each costs, in milliseconds of processor time: the least of blocks of them in turn, so that a passing load falls on both. */
export async function leastCosts(...calls: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  const least = calls.map(() => Number.POSITIVE_INFINITY);
  const [blocks, blockMs] = [8, 250];
  for (let block = 0; block < blocks; block++)
    for (const [i, call] of calls.entries()) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      let times = 0;
      do {
        await call();
        times += 1;
      } while (performance.now() - start < blockMs);
      const { user, system } = process.cpuUsage(cpu);
      least[i] = Math.min(least[i]!, (user + system) / 1000 / times);
    }
  return least;
}
