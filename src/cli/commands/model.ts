import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { checkName, parseModelAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { factColumns, historyColumns, modelColumns, recordFacts, versionColumns, versionFacts } from '../output/model-columns.ts';
import { printAnswer, say } from '../output/print.ts';
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
    .description('a model with its versions; of model@alias or model@7 that version, with the decision that promoted it')
    .option('--record <n>', 'of a model: one record of the ledger, a refusal too', positiveWholeNumber)
    .action(async (address: string, flags: { record?: number }, command: Command) => {
      const options = optionsOf(command);
      const { record } = flags;
      if (record !== undefined) {
        const { readRecord } = await import('../../registry/read-record.ts');
        const detail = await withDatabase(options, ({ db }) => readRecord(db, checkName('model', address), record));
        printAnswer(io, options, { document: detail, columns: factColumns, rows: recordFacts(detail), items: [detail] });
        return;
      }
      if (!address.includes('@')) {
        const { showModel } = await import('../../registry/models.ts');
        const detail = await withDatabase(options, ({ db }) => showModel(db, checkName('model', address)));
        const { versions, lastDecision } = detail;
        const empty = `${address} was never promoted`;
        printAnswer(io, options, { document: detail, columns: versionColumns, rows: versions, items: versions, empty });
        if (lastDecision !== null && !lastDecision.passed)
          say(
            io,
            options,
            `record ${lastDecision.sequence}, the newest: ${lastDecision.address} was ${lastDecision.kind === 'refused' ? `refused by ${lastDecision.failedGates.join(', ')}` : 'promoted by an override'}; assay model show ${address} --record ${lastDecision.sequence}`,
          );
        return;
      }
      const at = parseModelAddress(address);
      const { showVersion } = await import('../../registry/version.ts');
      const detail = await withDatabase(options, ({ db }) => showVersion(db, at));
      printAnswer(io, options, { document: detail, columns: factColumns, rows: versionFacts(detail), items: [detail] });
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

  model
    .command('card <model@version>')
    .description('write the model card of a version: one HTML file with curves, gates, search, data and how to serve it')
    .requiredOption('-o, --out <file>', 'for example card.html; - for stdout')
    .option('--replace', 'take the place of a file that is there')
    .action(async (address: string, flags: { out: string; replace?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const at = parseModelAddress(address);
      if (flags.out !== '-' && flags.replace !== true && existsSync(flags.out))
        throw new AssayError('conflict', `${flags.out} exists`, { hint: 'name another file, or ask to replace it (--replace)' });
      const [{ makeCard }, { writeWhole }, { createArtifactStore }] = await Promise.all([
        import('../../registry/card/make-card.ts'),
        import('../../registry/write-whole.ts'),
        import('../../storage/artifacts/open.ts'),
      ]);
      const store = createArtifactStore(dataDirOf(options.dataDir));
      const card = await withDatabase(options, ({ db }) => makeCard(db, store, at));
      if (flags.out === '-') {
        io.out.write(card.html);
        return;
      }
      await writeWhole(flags.out, card.html);
      const document = { address: card.address, file: flags.out };
      printAnswer(io, options, { document, columns: [{ title: 'file', cell: ({ file }) => file }], rows: [document] });
    });

  registerLedger(model, io);
}
