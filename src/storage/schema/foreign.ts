import { sql } from 'drizzle-orm';
import { bigint, check, doublePrecision, integer, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { foreignKinds, studies } from './studies.ts';
import { trials } from './trials.ts';

/** Names of studies as the clients of another program know them: any text. Ours fits an address. */
export const foreignNames = pgTable(
  'foreign_names',
  {
    kind: text({ enum: foreignKinds }).notNull(),
    name: text().notNull(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.name] }),
    unique('foreign_names_study').on(table.studyId),
    check('foreign_names_length', sql`char_length(${table.name}) <= 512`),
  ],
);

/** `user`, `system`: attributes of Optuna. `param`, `tag`: those of MLflow. */
const foreignSpaces = ['user', 'system', 'param', 'tag'] as const;

/**
 * What clients of another program wrote to a study (`trialId` null) or trial, letter by letter: neither `json` nor `jsonb` would keep it. A
 * trigger keeps attributes of Optuna as they are once their trial has ended.
 */
export const foreignAttributes = pgTable(
  'foreign_attributes',
  {
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    trialId: bigint('trial_id', { mode: 'number' }).references(() => trials.id, { onDelete: 'cascade' }),
    space: text({ enum: foreignSpaces }).notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [
    uniqueIndex('foreign_attributes_of_study').on(table.studyId, table.space, table.key).where(sql`trial_id is null`),
    uniqueIndex('foreign_attributes_of_trial').on(table.trialId, table.space, table.key).where(sql`trial_id is not null`),
    check('foreign_attributes_space', sql`${table.space} in ('user', 'system', 'param', 'tag')`),
    check('foreign_attributes_key', sql`char_length(${table.key}) <= 512`),
  ],
);

/** What Optuna's client suggested each parameter of a trial from; the trial's `params` hold the same values as people read them. */
export const trialDistributions = pgTable(
  'trial_distributions',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .notNull()
      .references(() => trials.id, { onDelete: 'cascade' }),
    /** Order in which the trial's parameters were set. */
    position: integer().notNull(),
    name: text().notNull(),
    /** The client's JSON text, letter by letter. */
    distribution: text().notNull(),
    /** The value, or the index of the choice. */
    internal: doublePrecision().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.name] }),
    check('trial_distributions_name', sql`char_length(${table.name}) <= 512`),
  ],
);

/** What the trials of a study suggested a parameter from, widened to one distribution, in Optuna's JSON. The study's space is made of it. */
export const studyDistributions = pgTable(
  'study_distributions',
  {
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    distribution: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.studyId, table.name] }),
    check('study_distributions_name', sql`char_length(${table.name}) <= 512`),
  ],
);

/**
 * Studies that were imported from a database of another program, so that a second import goes on with them. `source` is the SHA-256 of its
 * address without a password.
 */
export const importedStudies = pgTable(
  'imported_studies',
  {
    studyId: integer('study_id')
      .primaryKey()
      .references(() => studies.id, { onDelete: 'cascade' }),
    source: text().notNull(),
    /** Its id there. */
    sourceId: bigint('source_id', { mode: 'number' }).notNull(),
    sourceName: text('source_name').notNull(),
  },
  (table) => [unique('imported_studies_once').on(table.source, table.sourceId, table.sourceName)],
);

/** Which trial here is which there. */
export const importedTrials = pgTable(
  'imported_trials',
  {
    trialId: bigint('trial_id', { mode: 'number' })
      .primaryKey()
      .references(() => trials.id, { onDelete: 'cascade' }),
    studyId: integer('study_id')
      .notNull()
      .references(() => importedStudies.studyId, { onDelete: 'cascade' }),
    /** Its id there. */
    sourceId: bigint('source_id', { mode: 'number' }).notNull(),
  },
  (table) => [unique('imported_trials_once').on(table.studyId, table.sourceId)],
);
