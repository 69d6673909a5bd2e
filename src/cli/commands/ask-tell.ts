import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { reservedKeyIn } from '../../core/reserved-keys.ts';
import type { AlgorithmRef } from '../../search/algorithm.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import type { SpaceJson } from '../../search/space/param.ts';
import type { AskTell } from '../../search/study/ask-tell.ts';
import { unlimitedTrials } from '../../search/study/describe-budget.ts';
import type { PruneOnInput } from '../../search/study/goals.ts';
import type { StudyDescription } from '../../search/study/storage.ts';
import type { Direction, Goal } from '../../search/trial/history.ts';
import type { Replicates } from '../../search/trial/replicates.ts';
import type { Connection } from '../../storage/connect.ts';
import type { Io } from '../io.ts';
import { durationMs, type GlobalOptions, optionsOf, positiveWholeNumber, wholeNumber, withDatabase } from '../options.ts';
import { say } from '../output/print.ts';
import { tellEvent } from '../output/progress.ts';
import { type Aims, aims, json, names, pruneOn, replicates } from '../search-flags.ts';

interface Flags {
  readonly space?: string;
  readonly study?: string;
  readonly sampler?: string;
  readonly samplerOptions?: Json;
  readonly pruner?: string;
  readonly prunerOptions?: Json;
  readonly seed?: number;
  readonly direction?: Aims;
  readonly pruneOn?: PruneOnInput;
  readonly replicates?: Replicates;
  readonly warmStart?: readonly string[];
  readonly trials?: number;
  readonly lease?: number;
}

/** Of a study in the database, with its search space where a file was given. */
interface StudyFlags extends Flags {
  readonly name: string;
  readonly given: CompiledSpace | null;
}

const leaseMs = 60_000;
/** How long a database may be away before the answer is an error. */
const patienceMs = 30_000;
/** The first try waits so long for an answer, a second one twice that. */
const answerMs = 10_000;
const single: Aims = { direction: 'minimize', objectives: null };

export function register(program: Command, io: Io): void {
  program
    .command('ask-tell')
    .description('a search that any language drives: JSON lines on stdin and stdout (ops ask, report, tell, add, best, recommend)')
    .option('--space <file>', 'the search space as JSON; may be left out for a study that exists')
    .option('--study <study>', 'keep the history in the database under this name (else in memory)')
    .option('--sampler <id>', 'how trials are suggested')
    .option('--sampler-options <json>', 'its options', json)
    .option('--pruner <id>', 'the pruner: decides about reports')
    .option('--pruner-options <json>', 'its options', json)
    .option('--seed <n>', 'everything random derives from it (default: 0)', wholeNumber)
    .option('--direction <direction>', 'minimize or maximize; several objectives as sharpe=maximize,drawdown=minimize', aims)
    .option('--prune-on <metric>', 'with several objectives: the one that is reported, or loss=minimize for another metric', pruneOn)
    .option(
      '--replicates <n>',
      "try each configuration n times, with other seeds; auto: again where the sampler's model says that it pays",
      replicates,
    )
    .option('--warm-start <studies>', 'with --study: earlier studies to start from, as study-a,study-b', names)
    .option('--trials <n>', 'budget of the study, with --study', positiveWholeNumber)
    .option(
      '--lease <duration>',
      'with --study: trials that are open at the end stay so for this long, for another process to tell (default: they go back into the queue)',
      durationMs,
    )
    .action(async (flags: Flags, command: Command) => {
      const options = optionsOf(command);
      if (flags.study === undefined) {
        await talk(io, options, await inMemory(flags));
        return;
      }
      const name = checkName('study', flags.study);
      const space = flags.space === undefined ? null : await readSpace(flags.space);
      await checkIds(flags);
      await withDatabase(options, (connection) => inDatabase(io, options, connection, { ...flags, name, given: space }));
    });
}

/** Answers each line in its turn, until the input ends or at Ctrl-C. */
async function talk(io: Io, options: GlobalOptions, search: AskTell): Promise<void> {
  const { answerLine } = await import('../../search/study/ask-tell-stream.ts');
  if (io.out.isTerminal) say(io, options, 'one JSON object a line, such as {"op":"ask"}; Ctrl-D ends');
  const lines = createInterface({ input: io.in, crlfDelay: Number.POSITIVE_INFINITY });
  const close = (): void => lines.close();
  process.once('SIGINT', close).once('SIGTERM', close);
  try {
    for await (const line of lines) if (line.trim() !== '') io.out.write(`${JSON.stringify(await answerLine(line, search))}\n`);
  } finally {
    process.off('SIGINT', close).off('SIGTERM', close);
  }
}

async function inMemory(flags: Flags): Promise<AskTell> {
  const [{ createAskTell }, { samplerOf }, { prunerOf }] = await Promise.all([
    import('../../search/study/ask-tell.ts'),
    import('../../search/samplers/index.ts'),
    import('../../search/pruners/index.ts'),
  ]);
  if (flags.space === undefined) throw new AssayError('usage', 'there is no search space', { hint: 'give --space space.json' });
  const { direction, objectives } = flags.direction ?? single;
  const { sampler, pruner, pruneOn } = await algorithmsOf(flags, { objectives });
  return createAskTell({
    space: await readSpace(flags.space),
    directions: objectives === null ? [direction] : (objectives.map((goal) => goal.direction) as [Direction, ...Direction[]]),
    pruneDirection: pruneOn?.direction,
    replicates: flags.replicates,
    sampler: samplerOf(sampler),
    pruner: prunerOf(pruner),
    seed: flags.seed ?? 0,
  });
}

async function inDatabase(io: Io, options: GlobalOptions, { db }: Connection, flags: StudyFlags): Promise<void> {
  const [{ createStoredAskTell }, { askTellSuffix }, { persistent }, { createStorage }, { storedStudy }, { compileSpace }] =
    await Promise.all([
      import('../../storage/ask-tell.ts'),
      import('../../storage/sql/adopt-trial.ts'),
      import('../../runner/worker/persistent-storage.ts'),
      import('../../storage/storage.ts'),
      import('../../storage/readers/find.ts'),
      import('../../search/space/compile.ts'),
    ]);
  const storage = persistent(createStorage(db), {
    patienceMs,
    answerMs,
    // The next process that opens an embedded server restarts it.
    revive: () => withDatabase(options, async () => undefined),
    onRetry: (error) => tellEvent(io, options, { kind: 'database-retry', message: messageOf(error) }),
  });
  const description = await describe(flags, await storedStudy(db, flags.name));
  const study = await storage.open(description);
  const search = createStoredAskTell({
    db,
    storage,
    study,
    space: compileSpace(study.space),
    worker: `${hostname()}:${process.pid}${askTellSuffix}`,
    leaseMs: flags.lease ?? leaseMs,
    keepsOpen: flags.lease !== undefined,
    onTrouble: (error) => say(io, options, `a lease could not be renewed: ${messageOf(error)}`),
  });
  try {
    await talk(io, options, search);
  } finally {
    await search.close();
  }
}

/** What flags say; else what the study has; else the defaults. */
async function describe({ name, given: space, ...flags }: StudyFlags, stored: StudyDescription | null): Promise<StudyDescription> {
  if (space === null && stored === null)
    throw new AssayError('usage', `there is no study ${name} yet, and no search space for it`, { hint: 'give --space space.json' });
  const { loadGatePolicy } = await import('../../trading/config/load.ts');
  const policyRules = loadGatePolicy(stored?.policy);
  const { direction, objectives } = flags.direction ?? stored ?? single;
  const { sampler, pruner, pruneOn } = await algorithmsOf(flags, { objectives, stored });
  return {
    name,
    direction,
    objectives,
    space: space?.json ?? stored!.space,
    spaceHash: space?.hash ?? stored!.spaceHash,
    sampler,
    pruner,
    pruneOn,
    ...((flags.warmStart ?? stored?.warmStart) !== undefined && { warmStart: flags.warmStart ?? stored!.warmStart! }),
    ...((flags.replicates ?? stored?.replicates) !== undefined && { replicates: flags.replicates ?? stored!.replicates! }),
    // Who drives the search from outside also decides when it ends.
    budget: { ...(stored?.budget ?? { trials: unlimitedTrials }), ...(flags.trials !== undefined && { trials: flags.trials }) },
    seed: flags.seed ?? stored?.seed ?? 0,
    maxAttempts: stored?.maxAttempts ?? 3,
    priority: stored?.priority ?? 0,
    needs: stored?.needs ?? null,
    ...(stored?.evidence !== undefined && { evidence: stored.evidence }),
    policy: policyRules.name,
    policyRules,
    module: stored?.module ?? { url: 'ask-tell:', sourceHash: '', packagesHash: null, gitCommit: null, gitDirty: false },
  };
}

interface AlgorithmsFor {
  readonly objectives: readonly Goal[] | null;
  /** What the study has already. */
  readonly stored?: StudyDescription | null;
}

/** What can be said of an algorithm before its study is known. @throws AssayError `study_invalid` for an unknown id or option. */
async function checkIds({ sampler, samplerOptions = {}, pruner, prunerOptions = {} }: Flags): Promise<void> {
  const [{ samplerOf }, { prunerOf }] = await Promise.all([
    import('../../search/samplers/index.ts'),
    import('../../search/pruners/index.ts'),
  ]);
  if (sampler !== undefined) samplerOf({ id: sampler, options: samplerOptions });
  if (pruner !== undefined) prunerOf({ id: pruner, options: prunerOptions });
}

/** @throws AssayError `study_invalid` for an unknown id or option, and for what several objectives cannot have. */
async function algorithmsOf(flags: Flags, { objectives, stored = null }: AlgorithmsFor) {
  const [{ checkAlgorithms }, { pruneOnOf }, { nop }, { defaultPruner, defaultSampler }] = await Promise.all([
    import('../../search/study/check-algorithms.ts'),
    import('../../search/study/goals.ts'),
    import('../../search/pruners/index.ts'),
    import('../../search/study/define-study.ts'),
  ]);
  const pruneOn = flags.pruneOn === undefined ? (stored?.pruneOn ?? null) : pruneOnOf(flags.pruneOn, objectives);
  const otherwise = objectives !== null && pruneOn === null ? nop() : defaultPruner();
  const refOf = (id: string | undefined, given: Json | undefined, before: AlgorithmRef): AlgorithmRef =>
    id === undefined && given === undefined ? before : { id: id ?? before.id, options: given ?? {} };
  const sampler = refOf(flags.sampler, flags.samplerOptions, stored?.sampler ?? defaultSampler());
  const pruner = refOf(flags.pruner, flags.prunerOptions, stored?.pruner ?? otherwise);
  checkAlgorithms({
    sampler,
    pruner,
    objectives,
    pruneOn,
    replicates: flags.replicates ?? stored?.replicates ?? 'none',
    warmStart: flags.warmStart ?? stored?.warmStart ?? [],
  });
  return { sampler, pruner, pruneOn };
}

async function readSpace(file: string): Promise<CompiledSpace> {
  const { compileSpace } = await import('../../search/space/compile.ts');
  try {
    const space = JSON.parse(readFileSync(file, 'utf8')) as SpaceJson;
    const reserved = reservedKeyIn(space);
    if (reserved !== null)
      throw new AssayError('space_invalid', `${reserved}: no search space may have this key`, {
        place: file,
        hint: 'call it something else',
      });
    return compileSpace(space);
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw new AssayError('space_invalid', `the search space cannot be read: ${messageOf(cause)}`, {
      cause,
      place: file,
      hint: 'write { "lr": { "type": "float", "low": 1e-5, "high": 1e-2, "log": true } }',
    });
  }
}
