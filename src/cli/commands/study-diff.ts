import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';

/** `study diff <file>`: what `assay run` of this file would change, before it does. Exit code 3 where it would be refused. */
export function registerDiff(study: Command, io: Io): void {
  study
    .command('diff <file>')
    .description('what a study file changes about the stored study; exit code 3 where `assay run` would refuse it')
    .option('--name <study>', 'in place of the name in the file')
    .action(async (file: string, flags: { name?: string }, command: Command) => {
      const options = optionsOf(command);
      const [{ loadStudy }, { toStudyDescription }, { showStudy }, { findStudy }, { answeredSpace }, { diffStudies }] = await Promise.all([
        import('../../runner/study-files/load-study.ts'),
        import('../../search/study/describe-study.ts'),
        import('../../storage/readers/show-study.ts'),
        import('../../storage/readers/find.ts'),
        import('../../storage/sql/answered-space.ts'),
        import('../../search/study/diff-studies.ts'),
      ]);
      const { definition, module } = await loadStudy(file, { checkTypesIn: dataDirOf(options.dataDir) });
      const described = toStudyDescription(definition, module);
      const name = checkName('study', flags.name ?? described.name);
      const { shown, answered } = await withDatabase(options, async ({ db }) => ({
        shown: await showStudy(db, name),
        answered: answeredSpace(await findStudy(db, name)),
      }));
      const stored = { ...shown, warmStart: (shown.warmStart ?? []).map(({ study }) => study) };
      // A widening that no trial has followed can be taken back: it breaks nothing.
      const lost = new Set(
        diffStudies({ ...stored, space: answered.space }, described).flatMap(({ what, breaking }) => (breaking ? [what] : [])),
      );
      const changes = diffStudies(stored, described).map((change) => ({ ...change, breaking: change.breaking && lost.has(change.what) }));
      printAnswer(io, options, {
        document: { study: name, changes },
        columns: [
          { title: 'what', cell: ({ what }) => what },
          { title: 'change', cell: ({ kind }) => kind },
          { title: 'breaking', cell: ({ breaking }) => (breaking ? 'yes' : 'no') },
          { title: 'was', cell: ({ was }) => was ?? '-' },
          { title: 'is', cell: ({ is }) => is ?? '-' },
        ],
        rows: changes,
        empty: `nothing: ${name} is as the file says`,
      });
      const breaking = changes.filter((change) => change.breaking).map(({ what }) => what);
      if (breaking.length > 0)
        throw new AssayError('space_changed', `${breaking.join(', ')}: the trials of ${name} do not fit this file`, {
          hint: `give it another name (assay run ${file} --name ${name}-2), or change the file back`,
        });
    });
}
