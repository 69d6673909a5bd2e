import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import type { EngineState } from '../engine/engine.ts';
import { readState, stateText } from '../engine/state-text.ts';
import { writeSynced } from '../store/synced-file.ts';
import type { TimerDue } from './run-engine.ts';

/** What a run goes on from: saved whole after each bar. */
export interface RunState {
  readonly engine: EngineState;
  readonly timers: readonly TimerDue[];
  /** Of the last item that was taken, and how many there were of this time. */
  readonly time: bigint;
  readonly count: number;
}

const savedSchema = z.strictObject({
  version: z.literal(1),
  run: z.string(),
  configHash: z.string(),
  time: z.string().regex(/^\d+$/),
  count: z.int().min(0),
  timers: z.array(z.strictObject({ at: z.string().regex(/^\d+$/), key: z.string() })),
  engine: z.string(),
  hash: z.string(),
});

export function saveRunState(path: string, run: string, configHash: string, { engine, timers, time, count }: RunState): void {
  const text = stateText(engine);
  const due = timers.map(({ at, key }) => ({ at: String(at), key }));
  const saved = { version: 1, run, configHash, time: String(time), count, timers: due, engine: text, hash: sha256(text) };
  writeSynced(path, JSON.stringify(saved));
}

/**
 * The saved state of a run; null: none was saved.
 * @throws AssayError `data_invalid` for a file that is damaged, or of another run or configuration: nothing is made up in its place.
 */
export function readRunState(path: string, run: string, configHash: string): RunState | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw damaged(path, messageOf(error));
  }
  const parsed = savedSchema.safeParse(jsonIn(text, path));
  if (!parsed.success || sha256(parsed.data.engine) !== parsed.data.hash) throw damaged(path, 'its content is not whole');
  const { data } = parsed;
  if (data.run !== run || data.configHash !== configHash) throw damaged(path, 'it is of another run or configuration');
  return {
    engine: readState(data.engine),
    timers: data.timers.map(({ at, key }) => ({ at: BigInt(at), key })),
    time: BigInt(data.time),
    count: data.count,
  };
}

function jsonIn(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, messageOf(error));
  }
}

function damaged(path: string, because: string): AssayError {
  return new AssayError('data_invalid', `the saved state of the run cannot be read: ${because}`, {
    place: path,
    hint: 'look at the account, then move the file away: the run begins anew with the fills that the database has',
  });
}
