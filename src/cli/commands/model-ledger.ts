import type { Command } from 'commander';
import pc from 'picocolors';
import { checkName, parseModelAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { LedgerFinding, LedgerReport } from '../../registry/verify.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { sayWitnessed } from '../output/witnessed.ts';

/** `model verify|rollback`. */
export function registerLedger(model: Command, io: Io): void {
  model
    .command('verify [model]')
    .description('compare the ledger with itself, the tables of models, the bytes of policies, and what was kept outside')
    .option('--head <hash>', 'of a record, as promote printed it and as it was kept elsewhere: it must be in the ledger')
    .action(async (name: string | undefined, flags: { head?: string }, command: Command) => {
      const options = optionsOf(command);
      if (name !== undefined) checkName('model', name);
      const [{ verifyModels }, { witnessOf }, { createArtifactStore }] = await Promise.all([
        import('../../registry/verify.ts'),
        import('../../registry/witness.ts'),
        import('../../storage/artifacts/open.ts'),
      ]);
      const witness = witnessOf(io.env);
      const store = createArtifactStore(dataDirOf(options.dataDir));
      const report = await withDatabase(options, ({ db }) => verifyModels(db, { model: name, head: flags.head, store, witness }));
      printAnswer(io, options, { document: report, columns: findingColumns, rows: report.findings, empty: summaryOf(report) });
      if (!report.intact) throw broken(report);
      if (report.findings.length > 0 || !io.out.isTerminal) say(io, options, summaryOf(report));
    });

  model
    .command('rollback <model@alias>')
    .description('move an alias back to the version that it named before, and write that into the ledger')
    .option('--reason <text>', 'for the record')
    .action(async (address: string, flags: { reason?: string }, command: Command) => {
      const options = optionsOf(command);
      const { model: name, at: alias } = parseModelAddress(address);
      if (typeof alias === 'number')
        throw new AssayError('usage', `${address} names a version, not an alias`, { hint: 'name an alias such as champion' });
      const [{ rollback }, { createArtifactStore }] = await Promise.all([
        import('../../registry/rollback.ts'),
        import('../../storage/artifacts/open.ts'),
      ]);
      const store = createArtifactStore(dataDirOf(options.dataDir));
      const { version, previousVersion, record, witnessed } = await withDatabase(options, ({ db }) =>
        rollback(db, store, { model: name, alias, reason: flags.reason ?? null }),
      );
      printAnswer(io, options, {
        document: { address, version, previousVersion, record },
        columns: [
          { title: 'alias', cell: () => address },
          { title: 'version', cell: () => String(version), align: 'right' },
          { title: 'before', cell: () => String(previousVersion), align: 'right' },
          { title: 'record', cell: () => String(record.sequence), align: 'right' },
          { title: 'hash', cell: () => record.hash },
        ],
        rows: [record],
      });
      sayWitnessed(io, witnessed);
    });
}

const findingColumns: readonly Column<LedgerFinding>[] = [
  { title: 'check', cell: ({ check }) => check },
  { title: 'state', cell: ({ state }) => (state === 'fail' ? pc.red(state) : pc.yellow(state)) },
  { title: 'where', cell: ({ place }) => place },
  { title: 'found', cell: ({ found }) => found, wrap: true },
];

function summaryOf({ records, head, recordsAfter, policies, witness }: LedgerReport): string {
  const looked = [
    `${records} records`,
    'models, versions and aliases',
    `${policies} policies`,
    ...(witness === null ? [] : [`the witness ${witness}`]),
  ];
  const since = recordsAfter === null ? '' : `; ${recordsAfter} records after the one that was given`;
  return `intact: ${looked.join(', ')}${head === null ? '' : `; the newest record is ${head}`}${since}`;
}

function broken({ findings }: LedgerReport): AssayError {
  const failed = findings.filter(({ state }) => state === 'fail');
  return new AssayError('ledger_broken', `the ledger is not intact: ${failed.map(({ place, found }) => `${place}: ${found}`).join('; ')}`, {
    hint: 'docs/ledger.md says what each finding means; until it is explained, trust no alias that it names',
  });
}
