import type { Command } from 'commander';
import { checkName, parseModelAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { HistoryItem } from '../../registry/history.ts';
import type { ModelItem, VersionItem } from '../../registry/models.ts';
import type { VersionDetail } from '../../registry/version.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { registerLedger } from './model-ledger.ts';

export function register(program: Command, io: Io): void {
  const model = program.command('model').description('promoted models, their versions and aliases, and the ledger of every decision');

  model
    .command('ls')
    .description('the models, a page at a time')
    .option('--limit <n>', 'at most this many, 200 at most', positiveWholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .action(async (flags: { limit?: number; cursor?: string }, command: Command) => {
      const options = optionsOf(command);
      const { listModels } = await import('../../registry/models.ts');
      const page = await withDatabase(options, ({ db }) => listModels(db, flags));
      const footer = `${page.items.length} of ${page.total} models${page.next === null ? '' : `; next: --cursor ${page.next}`}`;
      const empty = 'no models yet: `assay promote <study>#<n> --to <model>@<alias>` makes one';
      printAnswer(io, options, { document: page, columns: modelColumns, rows: page.items, empty, footer });
    });

  model
    .command('history <model>')
    .description('every decision on a model, refused ones too, the newest first')
    .action(async (name: string, _flags, command: Command) => {
      const options = optionsOf(command);
      const { modelHistory } = await import('../../registry/history.ts');
      const model = checkName('model', name);
      const page = await withDatabase(options, ({ db }) => modelHistory(db, model));
      const footer = `${page.items.length} of ${page.total} decisions`;
      printAnswer(io, options, { document: page, columns: historyColumns, rows: page.items, footer });
    });

  model
    .command('show <model>')
    .description('a model with its versions; of model@alias or model@7 that version, with the decision that made it')
    .action(async (address: string, _flags, command: Command) => {
      const options = optionsOf(command);
      if (!address.includes('@')) {
        const { showModel } = await import('../../registry/models.ts');
        const detail = await withDatabase(options, ({ db }) => showModel(db, checkName('model', address)));
        printAnswer(io, options, { document: detail, columns: versionColumns, rows: detail.versions });
        return;
      }
      const at = parseModelAddress(address);
      const { showVersion } = await import('../../registry/version.ts');
      const detail = await withDatabase(options, ({ db }) => showVersion(db, at));
      printAnswer(io, options, { document: detail, columns: factColumns, rows: factsOf(detail), items: [detail] });
    });

  model
    .command('export <model@version>')
    .description('write the policy of a version as an ONNX file, or all that its promotion rests on; what is known of it as JSON beside it')
    .option('--out <file>', 'of the policy, for example policy.onnx; the metadata goes to policy.onnx.json')
    .option('--bundle <file>', 'of the evidence, for model verify --recompute --bundle; the record goes to <file>.json')
    .option('--replace', 'take the place of files that are there')
    .action(async (address: string, flags: { out?: string; bundle?: string; replace?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const at = parseModelAddress(address);
      if (flags.out === undefined && flags.bundle === undefined)
        throw new AssayError('usage', 'nothing to write', { hint: 'give --out policy.onnx, --bundle evidence.bundle or both' });
      const [{ exportVersion }, { createArtifactStore }] = await Promise.all([
        import('../../registry/export-version.ts'),
        import('../../storage/artifacts/open.ts'),
      ]);
      const store = createArtifactStore(dataDirOf(options.dataDir));
      const { files, detail } = await withDatabase(options, ({ db }) => exportVersion(db, store, at, flags));
      const document = { address: detail.address, policyHash: detail.policyHash, bundleHash: detail.promotion?.bundleHash ?? null, files };
      printAnswer(io, options, { document, columns: [{ title: 'file', cell: (file) => file }], rows: files, items: [document] });
      if (flags.out !== undefined) say(io, options, `${detail.address}, ${detail.bytes} bytes with the promoted hash ${detail.policyHash}`);
      if (flags.bundle !== undefined)
        say(io, options, `its evidence, with the hash ${document.bundleHash} of record ${detail.promotion?.sequence}`);
    });

  registerLedger(model, io);
}

const versionColumns: readonly Column<VersionItem>[] = [
  { title: 'version', cell: (item) => item.address },
  { title: 'aliases', cell: (item) => item.aliases.join(' ') || '-' },
  { title: 'trial', cell: (item) => item.trial },
  { title: 'policy', cell: (item) => item.policyHash.slice(0, 12) },
  { title: 'created', cell: (item) => item.createdAt },
];

const factColumns: readonly Column<readonly [string, string]>[] = [
  { title: 'what', cell: ([name]) => name },
  { title: 'value', cell: ([, value]) => value, wrap: true },
];

function factsOf({
  address,
  aliases,
  trial,
  policyHash,
  bytes,
  createdAt,
  promotion,
  record,
}: VersionDetail): (readonly [string, string])[] {
  return [
    ['version', address],
    ['aliases', aliases.join(' ') || '-'],
    ['trial', trial],
    ['policy', `${policyHash}, ${bytes} bytes`],
    ['created', createdAt],
    ...(promotion === null || record === null
      ? [['promoted', 'by no record of the ledger: assay model verify'] as const]
      : [
          [
            'promoted',
            `record ${promotion.sequence}, by ${promotion.by}${promotion.reason === null ? '' : `: ${promotion.reason}`}`,
          ] as const,
          ['record hash', promotion.hash] as const,
          ['data', record.data.map(({ name, hash }) => `${name} (${hash.slice(0, 12)})`).join(', ') || '-'] as const,
          ['source', record.code.module.sourceHash] as const,
          ...Object.entries(record.config.params).map(([name, value]) => [`  ${name}`, String(value)] as const),
          ...record.verdicts.map(({ gate, because }) => [`gate ${gate}`, because] as const),
        ]),
  ];
}

const modelColumns: readonly Column<ModelItem>[] = [
  { title: 'model', cell: (item) => item.name },
  { title: 'aliases', cell: (item) => item.aliases.map(({ alias, version }) => `${alias}=${version}`).join(' ') || '-' },
  { title: 'versions', cell: (item) => String(item.versions), align: 'right' },
  { title: 'created', cell: (item) => item.createdAt },
];

const historyColumns: readonly Column<HistoryItem>[] = [
  { title: '#', cell: (item) => String(item.sequence), align: 'right' },
  { title: 'at', cell: (item) => item.at },
  { title: 'by', cell: (item) => item.by },
  { title: 'decision', cell: (item) => item.kind },
  { title: 'trial', cell: (item) => item.address },
  { title: 'version', cell: (item) => (item.version === null ? '-' : `${item.model}@${item.version}`) },
  { title: 'alias', cell: (item) => item.alias },
  { title: 'hash', cell: (item) => item.hash.slice(0, 12) },
  { title: 'reason', cell: (item) => item.reason ?? '' },
  { title: 'failed gates', cell: (item) => item.failedGates.join(' ') || '-', wrap: true },
];
