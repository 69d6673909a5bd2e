import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { userName } from '../../core/user-name.ts';
import type { FreezeItem } from '../../storage/readers/freezes.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { explainGates, gateColumns } from '../output/gate-table.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { refusal } from './gate.ts';

/** `freeze <group>`, `freeze judge|lift|ls|show`. */
export function register(program: Command, io: Io): void {
  const freeze = program
    .command('freeze')
    .argument('<group>', 'as the definitions of its studies name it')
    .description('let no study of a group take trials while one of them works to pass its gates')
    .option('--until <policy>', 'the gate policy that a trial of the study has to pass')
    .option('--study <study>', 'the one study of the group that goes on')
    .action(async (group: string, flags: { until?: string; study?: string }, command: Command) => {
      const options = optionsOf(command);
      const [policy, study] = [required('--until', flags.until), required('--study', flags.study)];
      for (const [what, name] of [
        ['group', group],
        ['gate policy', policy],
        ['study', study],
      ] as const)
        checkName(what, name);
      const [{ freezeGroup }, { findStudy }, { nextStudyOf }, { loadGatePolicy }] = await Promise.all([
        import('../../storage/commands/freeze.ts'),
        import('../../storage/readers/find.ts'),
        import('../../runner/supervisor/next-study.ts'),
        import('../../trading/config/load.ts'),
      ]);
      loadGatePolicy(policy);
      await printFreezes(io, options, group, async (db) => {
        // What green would open is known to be there before anything waits for it.
        await nextStudyOf(db, await findStudy(db, study), null);
        await freezeGroup(db, { group, study, policy, by: userName() });
      });
    });

  freeze
    .command('judge <group> [trial]')
    .description('ask the gates that a freeze waits for: green lifts it and opens the next study, red is written down')
    .action(async (group: string, trial: string | undefined, _flags, command: Command) => {
      const options = optionsOf(command);
      const dataDir = dataDirOf(options.dataDir);
      const [{ judgeFreeze }, { gateDocument, policyDocument }, { nextStudyOf }] = await Promise.all([
        import('../../registry/judge-freeze.ts'),
        import('../../registry/gate-document.ts'),
        import('../../runner/supervisor/next-study.ts'),
      ]);
      checkName('group', group);
      const { gateResults, policies, ...judged } = await withDatabase(options, ({ db }) =>
        judgeFreeze(db, dataDir, { group, trial: trial ?? null, by: userName(), next: (study) => nextStudyOf(db, study, dataDir) }),
      );
      const items = gateResults.map(gateDocument);
      printAnswer(io, options, {
        document: { group, ...judged, policies: policies.map(policyDocument), verdicts: items },
        columns: gateColumns,
        rows: gateResults,
        items,
        footer: explainGates(gateResults, policies),
      });
      const { colour, trial: of, opened, unjudged } = judged;
      for (const { trial: left, because } of unjudged) say(io, options, `not judged: ${left}: ${because}`);
      say(io, options, `${colour}: ${of}${colour === 'green' ? ` passes; group ${group} is not frozen any more` : ''}`);
      if (opened !== null) say(io, options, `${opened} is open: \`assay work\` takes its trials`);
      if (colour === 'red') throw refusal(of, gateResults);
    });

  freeze
    .command('lift <group>')
    .description('end a freeze without the gates, with a reason that stays in its history')
    .requiredOption('--reason <text>', 'why')
    .action(async (group: string, flags: { reason: string }, command: Command) => {
      const { liftFreeze } = await import('../../storage/commands/freeze.ts');
      await printFreezes(io, optionsOf(command), checkName('group', group), (db) =>
        liftFreeze(db, { group, reason: flags.reason, by: userName() }),
      );
    });

  freeze
    .command('ls')
    .description('the freezes that stand')
    .action(async (_flags, command: Command) => {
      const options = optionsOf(command);
      const { listFreezes } = await import('../../storage/readers/freezes.ts');
      print(io, options, await withDatabase(options, ({ db }) => listFreezes(db)));
    });

  freeze
    .command('show <group>')
    .description('every freeze of a group and what the gates said, the newest first')
    .action(async (group: string, _flags, command: Command) => {
      await printFreezes(io, optionsOf(command), checkName('group', group), async () => undefined);
    });
}

function required(flag: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new AssayError('usage', `a freeze needs ${flag}`, {
    place: flag,
    hint: 'assay freeze dual-ticker --until dual-ticker --study dual-ticker; or assay freeze ls, show, judge, lift',
  });
}

type Db = Parameters<Parameters<typeof withDatabase>[1]>[0]['db'];

/** Changes something and prints the history of the group. */
async function printFreezes(io: Io, options: GlobalOptions, group: string, change: (db: Db) => Promise<unknown>): Promise<void> {
  const { readFreezes } = await import('../../storage/readers/freezes.ts');
  const items = await withDatabase(options, async ({ db }) => {
    await change(db);
    return readFreezes(db, group);
  });
  print(io, options, items);
}

function print(io: Io, options: GlobalOptions, items: readonly FreezeItem[]): void {
  printAnswer(io, options, { document: { items }, columns, rows: items.flatMap(linesOf), items, empty: 'nothing is frozen' });
}

interface Line {
  readonly group: string;
  readonly at: string;
  readonly by: string;
  readonly what: string;
  readonly why: string;
}

const columns: readonly Column<Line>[] = [
  { title: 'group', cell: ({ group }) => group },
  { title: 'at', cell: ({ at }) => at.slice(0, 16).replace('T', ' '), exact: ({ at }) => at },
  { title: 'by', cell: ({ by }) => by, expendable: 1 },
  { title: 'what', cell: ({ what }) => what },
  { title: 'why', cell: ({ why }) => why, wrap: true },
];

/** What happened in a freeze, the newest first. */
function linesOf({ group, study, policy, frozenAt, frozenBy, lifted, holds, verdicts }: FreezeItem): readonly Line[] {
  const held = lifted !== null ? '' : holds.length === 0 ? '; it holds no other study now' : `; it holds ${holds.join(', ')}`;
  const lines = [
    { group, at: frozenAt, by: frozenBy, what: 'frozen', why: `until a trial of ${study} passes the gates of ${policy}${held}` },
    ...verdicts.map(({ at, by, colour, trial, reason, opened }) => ({
      group,
      at,
      by,
      what: colour,
      why: `${trial}: ${reason}${opened === null ? '' : `; opened ${opened}`}`,
    })),
    ...(lifted === null ? [] : [{ group, at: lifted.at, by: lifted.by, what: 'lifted', why: lifted.because }]),
  ];
  return lines.toReversed();
}
