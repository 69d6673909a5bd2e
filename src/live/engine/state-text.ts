import type { EngineState } from './engine.ts';

/** Whole numbers of any size in a JSON text: `{"n":"123"}`, which nothing else of a state looks like. */
function packed(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { n: String(value) } : value;
}

function unpacked(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const [only, ...more] = Object.entries(value);
  return more.length === 0 && only?.[0] === 'n' && typeof only[1] === 'string' && /^-?\d+$/.test(only[1]) ? BigInt(only[1]) : value;
}

/** An engine's state as a text, of which {@link readState} makes the same state again. */
export function stateText(state: EngineState): string {
  return JSON.stringify(state, packed);
}

/** @throws SyntaxError for a text that is none. */
export function readState(text: string): EngineState {
  return JSON.parse(text, unpacked) as EngineState;
}
