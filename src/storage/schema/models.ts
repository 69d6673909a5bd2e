import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, integer, pgTable, primaryKey, text, timestamp, unique } from 'drizzle-orm/pg-core';
import { artifacts } from './artifacts.ts';
import { trials } from './trials.ts';

export const models = pgTable(
  'models',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull().unique(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [check('models_name_fits_an_address', sql`${table.name} ~ '^[^#@[:space:]]+$'`)],
);

/** Versions of a model: policies of trials. A study with such a trial cannot be deleted. */
export const modelVersions = pgTable(
  'model_versions',
  {
    modelId: integer('model_id')
      .notNull()
      .references(() => models.id),
    version: integer().notNull(),
    trialId: bigint('trial_id', { mode: 'number' })
      .notNull()
      .references(() => trials.id, { onDelete: 'restrict' }),
    policyHash: text('policy_hash')
      .notNull()
      .references(() => artifacts.hash),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.modelId, table.version] }),
    unique('model_versions_once').on(table.modelId, table.trialId, table.policyHash),
    check('model_versions_from_one', sql`${table.version} >= 1`),
  ],
);

/** Movable names of versions: `champion`. */
export const aliases = pgTable(
  'aliases',
  {
    modelId: integer('model_id').notNull(),
    alias: text().notNull(),
    version: integer().notNull(),
    movedAt: timestamp('moved_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.modelId, table.alias] }),
    foreignKey({
      name: 'aliases_of_version',
      columns: [table.modelId, table.version],
      foreignColumns: [modelVersions.modelId, modelVersions.version],
    }),
    /** A number would be read as a version in `model@7`. */
    check('aliases_fit_an_address', sql`${table.alias} ~ '^[^#@[:space:]]+$' and ${table.alias} !~ '^[0-9]+$'`),
  ],
);
