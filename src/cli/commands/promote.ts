import type { Command } from 'commander';
import { parseModelAddress, parseTrialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { explainGates, gateColumns } from '../output/gate-table.ts';
import { sayCard } from '../output/kept-card.ts';
import { printAnswer, say } from '../output/print.ts';
import { sayWitnessed } from '../output/witnessed.ts';
import { refusal } from './gate.ts';

interface Flags {
  readonly to: string;
  readonly policy?: string;
  readonly reason?: string;
  readonly override?: string;
  readonly as?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('promote <trial>')
    .description('make a validated trial a model version and move the alias, if every gate passes; recorded for ever either way')
    .requiredOption('--to <model@alias>', 'for example scalper@champion')
    .option('--policy <name>', 'gate policy that must pass beside the one that the study names')
    .option('--reason <text>', 'for the record')
    .option('--override <reason>', 'promote although a gate refused: by another person than who asked, visible for ever')
    .option('--as <name>', 'who decides (default: the database role and the user)')
    .action(async (address: string, flags: Flags, command: Command) => {
      const options = optionsOf(command);
      const trial = parseTrialAddress(address);
      if (!flags.to.includes('@'))
        throw new AssayError('usage', `${JSON.stringify(flags.to)} names no alias`, {
          hint: `write model@alias, for example ${flags.to}@champion`,
        });
      const { model, at: alias } = parseModelAddress(flags.to);
      if (typeof alias === 'number') {
        throw new AssayError('usage', `${flags.to} names a version, not an alias`, {
          hint: 'versions are numbered by themselves; name an alias such as champion',
        });
      }
      const [{ promoteTrial }, { gateDocument, policyDocument }] = await Promise.all([
        import('../../registry/trial-gates.ts'),
        import('../../registry/gate-document.ts'),
      ]);
      const { policy, override, as, reason = null } = flags;
      const { gateResults, policies, decision, card } = await withDatabase(options, ({ db }) =>
        promoteTrial(db, dataDirOf(options.dataDir), { trial, model, alias, reason, policy, override, as }),
      );
      const { passed, version, promotion, witnessed } = decision;
      const items = gateResults.map(gateDocument);
      printAnswer(io, options, {
        document: { address, passed, policies: policies.map(policyDocument), verdicts: items, promotion },
        columns: gateColumns,
        rows: gateResults,
        items: [promotion],
        footer: explainGates(gateResults, policies),
      });
      const record = `record ${promotion.sequence} of the ledger, ${promotion.hash}`;
      sayWitnessed(io, witnessed);
      if (version === null) {
        say(io, options, `refused, and written down: ${record}; assay model show ${model} --record ${promotion.sequence}`);
        throw refusal(address, gateResults);
      }
      if (promotion.override !== null)
        say(io, options, `by an override of record ${promotion.override.refusal}, for which ${promotion.override.requestedBy} had asked`);
      if (card !== null) say(io, options, sayCard(card));
      say(io, options, `${address} is ${model}@${version}, and ${model}@${alias} points to it (${record})`);
    });
}
