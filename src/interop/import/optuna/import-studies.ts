import { sql } from 'drizzle-orm';
import { closestNames } from '../../../core/closest-names.ts';
import { AssayError } from '../../../core/errors.ts';
import { removeForeignStudy } from '../../../storage/commands/remove-study.ts';
import type { Db } from '../../../storage/database.ts';
import { Fault } from '../../optuna/fault.ts';
import { setStudyAttribute } from '../../optuna/store/attributes.ts';
import { createFromTemplates } from '../../optuna/store/create-from-template.ts';
import { studyAttributes } from '../../optuna/store/studies.ts';
import type { WireStudy, WireTrial } from '../../optuna/wire.ts';
import type { Source, SourceView } from './source.ts';
import { importedStudy, importedTrials } from './store/imported-study.ts';
import { updateOpen } from './store/update-open.ts';

/** Most trials of one transaction, and of one look at the source. */
const batch = 200;

/** What the trials of an import show as their worker. */
const worker = 'optuna:import';

/** What an import did to one study. */
export interface ImportedItem {
  /** Its name here. */
  readonly study: string;
  /** Its name there. */
  readonly name: string;
  readonly added: number;
  /** Trials that were open here and are further now. */
  readonly updated: number;
  /** All that the source has. */
  readonly trials: number;
  /** How many have another number here, since trials were added here in between. */
  readonly renumbered: number;
}

export interface ImportProgress {
  readonly study: string;
  readonly done: number;
  readonly of: number;
}

export interface ImportOptions {
  /** Names there; empty: all. */
  readonly studies: readonly string[];
  /** Name of the only one here (null: as there). */
  readonly as: string | null;
  readonly onProgress: (progress: ImportProgress) => void;
}

/**
 * Takes over studies of Optuna with all that their trials say. Run again, it adds what is new and brings open trials to where they are by now.
 * Each batch is a transaction, so an import that is cut off goes on where it was.
 * @throws AssayError `not_found` for a study that is not there, `conflict`, `data_invalid`
 */
export function importStudies(
  db: Db,
  source: Source,
  options: ImportOptions,
): Promise<{ readonly items: readonly ImportedItem[]; readonly note: string | null }> {
  return source.view(async (view, note) => {
    const chosen = choose(await view.studies(), options, source.address);
    const items: ImportedItem[] = [];
    for (const study of chosen) {
      const place = `${source.address}: study ${JSON.stringify(study.study_name)}`;
      items.push(
        await importOne(db, source.address, view, study, options).catch((error: unknown) => {
          throw inWords(error, place);
        }),
      );
    }
    return { items, note };
  });
}

function choose(all: readonly WireStudy[], { studies: names, as }: ImportOptions, address: string): readonly WireStudy[] {
  const chosen = names.length === 0 ? all : names.map((name) => find(all, name, address));
  if (as !== null && chosen.length !== 1)
    throw new AssayError('usage', `--as names one study, and ${chosen.length} are to be imported`, {
      place: '--as',
      hint: 'choose one: --study <name>',
    });
  return chosen;
}

function find(all: readonly WireStudy[], name: string, address: string): WireStudy {
  const found = all.find(({ study_name: other }) => other === name);
  if (found !== undefined) return found;
  const names = all.map(({ study_name: other }) => other);
  const near = closestNames(name, names);
  throw new AssayError('not_found', `there is no study ${JSON.stringify(name)}`, {
    place: address,
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${names.slice(0, 20).join(', ') || 'none'}`,
  });
}

async function importOne(
  db: Db,
  address: string,
  view: SourceView,
  study: WireStudy,
  { as, onProgress }: ImportOptions,
): Promise<ImportedItem> {
  const { id, name, isNew } = await importedStudy(db, address, study, as);
  let [added, updated] = [0, 0];
  try {
    await takeAttributes(db, id, study);
    const [index, known] = await Promise.all([view.index(study.study_id), importedTrials(db, id)]);
    checkContinues(
      index.map((trial) => trial.id),
      known,
      address,
    );
    const wanted = index.filter((trial) => known.get(trial.id)?.isOpen ?? true).map((trial) => trial.id);
    for (let from = 0; from < wanted.length; from += batch) {
      onProgress({ study: name, done: from, of: wanted.length });
      const templates = await view.trials(study.study_id, wanted.slice(from, from + batch));
      const [old, fresh] = [
        templates.filter((one) => known.has(Number(one.trial_id))),
        templates.filter((one) => !known.has(Number(one.trial_id))),
      ];
      for (const template of old) if (await updateOpen(db, known.get(Number(template.trial_id))!.trial, template, worker)) updated += 1;
      await add(db, id, fresh);
      added += fresh.length;
    }
    return {
      study: name,
      name: study.study_name,
      added,
      updated,
      trials: index.length,
      renumbered: await countRenumbered(db, id, index.length),
    };
  } catch (error) {
    // Nothing of a study that cannot be read stays.
    if (isNew && added === 0) await removeForeignStudy(db, id);
    throw error;
  }
}

/** Optuna removes no trial: where one is missing, the study is another one of the same name. */
function checkContinues(ids: readonly number[], known: ReadonlyMap<number, unknown>, place: string): void {
  const there = new Set(ids);
  for (const id of known.keys())
    if (!there.has(id))
      throw new AssayError('conflict', `trial ${id}, which was imported before, is not there any more: the study was made anew`, {
        place,
        hint: 'remove the imported study, or import this one into another: --study <name there> --as <name here> once it has another name there',
      });
}

async function takeAttributes(db: Db, id: number, study: WireStudy): Promise<void> {
  for (const space of ['user', 'system'] as const) {
    const known = await studyAttributes(db, String(id), space);
    for (const [key, value] of Object.entries(study[`${space}_attributes`]))
      if (!Object.hasOwn(known, key) || known[key] !== value) await setStudyAttribute(db, String(id), space, { key, value });
  }
}

async function add(db: Db, study: number, templates: readonly WireTrial[]): Promise<void> {
  if (templates.length === 0) return;
  await db.transaction(async (tx) => {
    const ids = await createFromTemplates(tx, String(study), templates, worker);
    const theirs = templates.map(({ trial_id: theirId }) => theirId);
    await tx.execute(sql`
      insert into imported_trials (study_id, trial_id, source_id)
      select ${study}, * from unnest(${sql.param(ids)}::bigint[], ${sql.param(theirs)}::bigint[])`);
  });
}

/** Numbers are counted from 0 at both places, so an imported trial has its number unless others came before it. */
async function countRenumbered(db: Db, study: number, most: number): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select number, row_number() over (order by source_id) - 1 as theirs from imported_trials join trials on trials.id = trial_id
      where imported_trials.study_id = ${study}
    ) as both_numbers where number <> theirs and theirs < ${most}`);
  return rows[0]?.count ?? 0;
}

function inWords(error: unknown, place: string): unknown {
  return error instanceof Fault ? new AssayError('data_invalid', error.message, { place, cause: error }) : error;
}
