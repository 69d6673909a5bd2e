import pc from 'picocolors';
import type { Witnessed } from '../../registry/witness.ts';
import type { Io } from '../io.ts';

/** Warns that the witness of the ledger could not be written. --quiet does not silence it. */
export function sayWitnessed(io: Io, witnessed: Witnessed | null): void {
  if (witnessed === null || witnessed.failure === null) return;
  const text = `WARNING: the record is in the ledger, but the witness ${witnessed.place} could not be written: ${witnessed.failure}; `;
  const hint = 'write its sequence, hash and time there by hand (assay model history --json has them), or the ledger stays ahead of it';
  if (io.log === undefined) io.err.write(`${pc.red(text)}${hint}\n`);
  else io.log.say(`${text}${hint}`);
}
