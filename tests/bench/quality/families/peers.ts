import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { encodeParams } from '../../../../src/search/space/codec.ts';
import type { CompiledSpace } from '../../../../src/search/space/compile.ts';
import { decodeValue, fitValue } from '../../../../src/search/space/leaf.ts';
import type { ChoiceValue, FlatParams } from '../../../../src/search/space/param.ts';
import type { Observation } from '../../../../src/search/trial/history.ts';
import { searchPeer } from '../../peers/python.ts';
import type { NumberedObjective, SearchRun } from '../run.ts';

/** Samplers of other programs, and the Python packages that each needs. */
export const peerNames = ['optuna_tpe', 'optuna_gp', 'ax', 'hebo', 'smac'] as const;
export type PeerName = (typeof peerNames)[number];

/** Runs one search by another program's sampler, in a process of its own on one thread. */
export async function peerSearch(
  { space, objective }: { readonly space: CompiledSpace; readonly objective: NumberedObjective },
  sampler: PeerName,
  { seed, trials }: { readonly seed: number; readonly trials: number },
): Promise<Pick<SearchRun, 'trials' | 'askMs'>> {
  const { python, script, env } = searchPeer(sampler);
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exchange = async (request: object): Promise<Readonly<Record<string, unknown>>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error(`${sampler} ended: ${said}`);
    return JSON.parse(line.value) as Readonly<Record<string, unknown>>;
  };
  try {
    await exchange({ sampler, seed, trials, space: flatSpace(space) });
    const ended: Observation[] = [];
    const askMs = new Float64Array(trials);
    for (let number = 0; number < trials; number++) {
      const { params: given, ms } = await exchange({ op: 'ask' });
      const params = withinRanges(space, given as FlatParams);
      askMs[number] = Number(ms);
      const value = objective(params, number);
      ended.push({ state: 'complete', number, params, value });
      await exchange({ op: 'tell', value });
    }
    return { trials: ended, askMs };
  } finally {
    child.stdin.end();
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
  }
}

/** The parameters in an order in which each comes after those that it depends on. */
function flatSpace({ params }: CompiledSpace): readonly object[] {
  return params.map(({ name, param, guards }) => ({
    name,
    type: param.type,
    ...(param.type === 'choice' ? { choices: param.choices } : { low: param.low, high: param.high, log: param.log }),
    when: guards.map(({ param: index, values }) => ({
      param: params[index]!.name,
      in: values.map((value): ChoiceValue => decodeValue(params[index]!.param, value)),
    })),
  }));
}

/** Moves values that are outside of their ranges by rounding to the nearest ones inside. */
function withinRanges(space: CompiledSpace, given: FlatParams): FlatParams {
  const row = encodeParams(space, given);
  return Object.fromEntries(
    space.params.flatMap(({ name, index, param }) =>
      Number.isNaN(row[index]!) ? [] : [[name, decodeValue(param, fitValue(param, row[index]!))]],
    ),
  );
}
