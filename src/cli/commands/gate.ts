import type { Command } from 'commander';
import { parseTrialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { type GateResult, refuses } from '../../validation/gates/gate.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { explainGates, gateColumns } from '../output/gate-table.ts';
import { printAnswer } from '../output/print.ts';

export function register(program: Command, io: Io): void {
  program
    .command('gate <trial>')
    .description('what every gate of a policy says of a validated trial; changes nothing')
    .option('--policy <name>', 'gate policy that is asked (default: the one that the study names)')
    .action(async (address: string, flags: { policy?: string }, command: Command) => {
      const options = optionsOf(command);
      const parsed = parseTrialAddress(address);
      const [{ checkTrialGates }, { gateDocument, policyDocument }] = await Promise.all([
        import('../../registry/trial-gates.ts'),
        import('../../registry/gate-document.ts'),
      ]);
      const { passed, gateResults, policies } = await withDatabase(options, ({ db }) =>
        checkTrialGates(db, dataDirOf(options.dataDir), parsed, flags.policy),
      );
      const items = gateResults.map(gateDocument);
      printAnswer(io, options, {
        document: { address, passed, policies: policies.map(policyDocument), verdicts: items },
        columns: gateColumns,
        rows: gateResults,
        items,
        footer: explainGates(gateResults, policies),
      });
      if (!passed) throw refusal(address, gateResults);
    });
}

/** A refused gate ends a command with exit code 3, after the table. */
export function refusal(address: string, gateResults: readonly GateResult[]): AssayError {
  const failed = gateResults.filter(refuses).map(({ gate }) => gate);
  return new AssayError('gate_refused', `${address} does not pass ${failed.join(', ')}`, {
    hint: 'the table says what was observed and what is needed; more trials do not help, better evidence does',
  });
}
