import type { Command } from 'commander';
import pc from 'picocolors';
import { checkName, parseModelAddress } from '../../core/address.ts';
import { counted } from '../../core/counted.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { LedgerFinding, LedgerReport } from '../../registry/verify.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { sayWitnessed } from '../output/witnessed.ts';

/** `model verify|anchor|key|rollback`. */
export function registerLedger(model: Command, io: Io): void {
  model
    .command('verify [model]')
    .description('compare the ledger with itself, its signatures, the tables of models, the bytes of policies, and what was kept outside')
    .option('--head <hash>', 'of a record, as promote printed it and as it was kept elsewhere: it must be in the ledger')
    .option('--anchor <hash:count>', 'as model anchor printed it and as it was kept elsewhere: shows a cut tail and a rewritten history')
    .option(
      '--public-key <file>',
      'every signature must be of a key in this file; repeat it for several',
      (file, all: string[]) => [...all, file],
      [],
    )
    .option('--recompute', 'compute every verdict again from the evidence bundles and compare bit for bit')
    .option('--bundle <file>', 'with --recompute: this bundle alone, without database and store')
    .action(async (name: string | undefined, flags: VerifyFlags, command: Command) => {
      const options = optionsOf(command);
      if (name !== undefined) checkName('model', name);
      if (flags.bundle !== undefined) return verifyBundle(io, options, flags.bundle, { ...flags, name });
      const [{ verifyModels }, { parseAnchor }, { readPublicKeys }, { witnessOf }, { createArtifactStore }] = await Promise.all([
        import('../../registry/verify.ts'),
        import('../../registry/anchor.ts'),
        import('../../registry/signing/public-keys.ts'),
        import('../../registry/witness.ts'),
        import('../../storage/artifacts/open.ts'),
      ]);
      const witness = witnessOf(io.env);
      const store = createArtifactStore(dataDirOf(options.dataDir));
      const anchor = flags.anchor === undefined ? undefined : parseAnchor(flags.anchor);
      const publicKeys = flags.publicKey.length === 0 ? undefined : flags.publicKey.flatMap(readPublicKeys);
      const report = await withDatabase(options, ({ db }) =>
        verifyModels(db, { model: name, head: flags.head, recompute: flags.recompute, anchor, publicKeys, store, witness }),
      );
      printAnswer(io, options, { document: report, columns: findingColumns, rows: report.findings, empty: summaryOf(report) });
      if (!report.intact) throw broken(report);
      if (report.foreign > 0) throw uncomputed(report);
      if (report.findings.length > 0 || !io.out.isTerminal) say(io, options, summaryOf(report));
    });

  model
    .command('anchor')
    .description('the hash of the newest record and the number of records, to be kept elsewhere for `model verify --anchor`')
    .action(async (_flags, command: Command) => {
      const options = optionsOf(command);
      const { formatAnchor, readAnchor } = await import('../../registry/anchor.ts');
      const { hash, records } = await withDatabase(options, ({ db }) => readAnchor(db));
      const document = { anchor: formatAnchor({ hash, records }), hash, records };
      if (options.json || options.jsonl) io.out.write(`${JSON.stringify(document)}\n`);
      else io.out.write(`${document.anchor}\n`);
    });

  model
    .command('key')
    .description(
      'the public key of what is promoted here, to be kept elsewhere for `model verify --public-key`; makes the key at the first use',
    )
    .action(async (_flags, command: Command) => {
      const options = optionsOf(command);
      const { openSigner } = await import('../../registry/signing/signing-key.ts');
      const { id, publicKey, place } = openSigner(dataDirOf(options.dataDir), io.env);
      if (options.json || options.jsonl) io.out.write(`${JSON.stringify({ key: id, publicKey, place })}\n`);
      else io.out.write(publicKey);
      say(io, options, `${id}, of the private key in ${place}`);
    });

  model
    .command('rollback <model@alias>')
    .description('move an alias back to the version that it named before, and write that into the ledger')
    .option('--reason <text>', 'for the record')
    .option('--as <name>', 'who decides (default: the database role and the user)')
    .action(async (address: string, flags: { reason?: string; as?: string }, command: Command) => {
      const options = optionsOf(command);
      const { model: name, at: alias } = parseModelAddress(address);
      if (typeof alias === 'number')
        throw new AssayError('usage', `${address} names a version, not an alias`, { hint: 'name an alias such as champion' });
      const [{ rollback }, { openSigner }, { createArtifactStore }] = await Promise.all([
        import('../../registry/rollback.ts'),
        import('../../registry/signing/signing-key.ts'),
        import('../../storage/artifacts/open.ts'),
      ]);
      const dataDir = dataDirOf(options.dataDir);
      const [store, signer] = [createArtifactStore(dataDir), openSigner(dataDir)];
      const { version, previousVersion, bundleHash, mayReturnAt, record, witnessed } = await withDatabase(options, ({ db }) =>
        rollback(db, store, { model: name, alias, reason: flags.reason ?? null, as: flags.as, signer }),
      );
      printAnswer(io, options, {
        document: { address, version, previousVersion, bundleHash, mayReturnAt, record },
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
      say(io, options, `${name}@${previousVersion} may return to ${address} from ${mayReturnAt} on`);
      if (bundleHash === null) say(io, options, `${name}@${version} has no evidence bundle: its policy alone was verified`);
    });
}

async function verifyBundle(
  io: Io,
  options: GlobalOptions,
  file: string,
  { name, head, anchor, publicKey }: VerifyFlags & { readonly name: string | undefined },
): Promise<void> {
  if (name !== undefined || head !== undefined || anchor !== undefined)
    throw new AssayError('usage', 'a bundle is verified by itself, without the ledger', {
      place: '--bundle',
      hint: 'leave the model, --head and --anchor out, or leave --bundle out',
    });
  const [{ verifyBundleFile }, { readPublicKeys }] = await Promise.all([
    import('../../registry/bundle/verify-file.ts'),
    import('../../registry/signing/public-keys.ts'),
  ]);
  const report = verifyBundleFile(file, publicKey.length === 0 ? undefined : publicKey.flatMap(readPublicKeys));
  const { trial, verdicts, recomputed, bundleHash, record, signer } = report;
  const proof =
    record === null ? 'compare the hash with that in the ledger' : `record ${record}${signer === null ? '' : `, signed by ${signer}`}`;
  const summary = `${recomputed} of ${verdicts} verdicts on ${trial} computed again, and the same bit for bit; the bundle is ${bundleHash}: ${proof}`;
  printAnswer(io, options, { document: report, columns: findingColumns, rows: report.findings, empty: summary });
  if (!report.intact) throw broken(report);
  if (report.foreign > 0) throw uncomputed(report);
  if (!io.out.isTerminal) say(io, options, summary);
}

interface VerifyFlags {
  readonly recompute?: boolean;
  readonly bundle?: string;
  readonly head?: string;
  readonly anchor?: string;
  readonly publicKey: readonly string[];
}

const findingColumns: readonly Column<LedgerFinding>[] = [
  { title: 'check', cell: ({ check }) => check },
  { title: 'state', cell: ({ state }) => (state === 'fail' ? pc.red(state) : pc.yellow(state)) },
  { title: 'where', cell: ({ place }) => place },
  { title: 'found', cell: ({ found }) => found, wrap: true },
];

function summaryOf({ records, head, recordsAfter, policies, bundles, recomputed, witness, unsigned, keys }: LedgerReport): string {
  const looked = [
    `${counted(records, 'record')}${signaturesOf(records, unsigned, keys)}`,
    'models, versions and aliases',
    counted(policies, 'policy', 'policies'),
    ...(bundles === 0
      ? recomputed === null
        ? []
        : ['no evidence bundle, so no verdict was computed again']
      : [
          `${counted(bundles, 'evidence bundle')}${recomputed === null ? '' : `, whose ${counted(recomputed, 'verdict')} came out the same again`}`,
        ]),
    ...(witness === null ? [] : [`the witness ${witness}`]),
  ];
  const since = recordsAfter === null ? '' : `; ${counted(recordsAfter, 'record')} after the one that was given`;
  return `intact: ${looked.join(', ')}${head === null ? '' : `; the newest record is ${head}`}${since}`;
}

/** ` (3 without a signature, 4 signed by ed25519:…)`. */
function signaturesOf(records: number, unsigned: number, keys: LedgerReport['keys']): string {
  if (records === 0) return '';
  const parts = [
    ...(unsigned === 0 ? [] : [`${unsigned} without a signature`]),
    ...keys.map(({ key, records: signed }) => `${signed} signed by ${key}`),
  ];
  return ` (${parts.join(', ')})`;
}

function broken({ findings }: Pick<LedgerReport, 'findings'>): AssayError {
  const failed = findings.filter(({ state }) => state === 'fail');
  return new AssayError('ledger_broken', `not intact: ${failed.map(({ place, found }) => `${place}: ${found}`).join('; ')}`, {
    hint: 'docs/ledger.md says what each finding means; until it is explained, trust no alias that it names',
  });
}

/** Nothing contradicts the ledger, and not everything that was asked for could be shown. */
function uncomputed({ foreign }: Pick<LedgerReport, 'foreign'>): AssayError {
  return new AssayError(
    'conflict',
    `nothing contradicts the ledger, but this release cannot compute ${counted(foreign, 'verdict')} again`,
    {
      hint: 'the rules of their gates have another version here: the release that made a record, whose commit it names, computes them',
    },
  );
}
