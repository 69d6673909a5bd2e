import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, json, pgEnum, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { Json } from '../../core/json.ts';
import type { Vault } from '../../core/vault.ts';
import type { SpaceJson } from '../../search/space/param.ts';
import type { Needs } from '../../search/study/needs.ts';
import type { Budget } from '../../search/study/storage.ts';
import type { StudyAhead } from '../../search/study/study-ahead.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import type { Goal, PruneOn } from '../../search/trial/history.ts';
import type { Replicates } from '../../search/trial/replicates.ts';
import type { SpaceBefore } from '../sql/answered-space.ts';
import { freezes } from './freezes.ts';

/** Programs whose own clients may keep their studies here. */
export const foreignKinds = ['optuna', 'mlflow'] as const;

export type ForeignKind = (typeof foreignKinds)[number];

/** State requested by a person: go on (`open`); start nothing new (`paused`); finish what has begun and end (`stopped`). */
export const studyDesiredState = pgEnum('study_standing', ['open', 'paused', 'stopped']);

export const direction = pgEnum('direction', ['minimize', 'maximize']);

/** `json` and not `jsonb` for the space: parameters keep the order of the study file. */
export const studies = pgTable(
  'studies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull().unique(),
    /** Direction of the first objective. */
    direction: direction().notNull(),
    /** Null: one objective. */
    objectives: json().$type<readonly Goal[]>(),
    space: json().$type<SpaceJson>().notNull(),
    spaceHash: text('space_hash').notNull(),
    /** Where the space was widened and no trial may have followed: what it was. */
    spaceBefore: json('space_before').$type<SpaceBefore>(),
    samplerId: text('sampler_id').notNull(),
    samplerOptions: json('sampler_options').$type<Json>().notNull(),
    prunerId: text('pruner_id').notNull(),
    prunerOptions: json('pruner_options').$type<Json>().notNull(),
    pruneOn: json('prune_on').$type<PruneOn>(),
    budgetTrials: integer('budget_trials').notNull(),
    /** Other limits of the budget (null: none). */
    budgetRules: json('budget_rules').$type<Omit<Budget, 'trials'>>(),
    /** The limit that the last ask reached (null: none). */
    endedBecause: text('ended_because'),
    /** How often a configuration is tried: 'auto' or a number (null: once). */
    replicates: json().$type<Exclude<Replicates, 'none'>>(),
    /** Names of earlier studies that it starts from; what it took of them is in `warm_starts` (null: none). */
    warmStart: json('warm_start').$type<readonly string[]>(),
    seed: bigint({ mode: 'number' }).notNull(),
    maxAttempts: integer('max_attempts').notNull(),
    /** Workers that serve several studies take trials of the highest priority first. */
    priority: integer().notNull().default(0),
    /** Needs of one trial of the machine (null: none). */
    needs: json().$type<Needs>(),
    /** What validations of its trials will give the gates to look at; null: the study does not say. */
    evidenceAhead: json('evidence_ahead').$type<EvidenceAhead>(),
    /** Its windows as of its last start, the vault among them, for a plan without the study file (null: not known). */
    ahead: json().$type<StudyAhead>(),
    /** Sessions that nothing but one look reads (null: none). */
    vault: json().$type<Vault>(),
    /** Studies that are frozen together (null: none). */
    group: text('group_name'),
    /** The study that is opened once a trial of this one lifts the freeze of the group (null: none). */
    nextStudy: text('next_study'),
    /** The freeze that holds the study (null: none). Here, so that whoever takes a trial meets it in the row that it locks. */
    frozenBy: bigint('frozen_by', { mode: 'number' }).references(() => freezes.id),
    /** Name of the gate policy that its trials are promoted by. */
    policy: text().notNull().default('default'),
    /** The whole gate policy as it was when the first trial completed, or is as long as none has (null: not known). */
    policyRules: json('policy_rules').$type<Json>(),
    /** The program whose clients drive the study, through a protocol of theirs (null: Assay itself). Never changes. */
    foreignKind: text('foreign_kind', { enum: foreignKinds }),
    moduleUrl: text('module_url').notNull(),
    sourceHash: text('source_hash').notNull(),
    packagesHash: text('packages_hash'),
    gitCommit: text('git_commit'),
    gitDirty: boolean('git_dirty').notNull(),
    /** Incremented by every change of the study or of the state of one of its trials, not by reports. */
    revision: bigint({ mode: 'number' }).notNull().default(1),
    /** Number of the next trial, which is also the number of trials so far. Stored so that `ask` need not count. */
    nextNumber: integer('next_number').notNull().default(0),
    /** Number of cancelled trials, which the budget does not count. */
    cancelledTrials: integer('cancelled_trials').notNull().default(0),
    /**
     * Numbers of pruned and failed trials, kept by a trigger on `trials`. Together with the open ones, which an index counts, they give the
     * number of complete ones.
     */
    prunedTrials: integer('pruned_trials').notNull().default(0),
    failedTrials: integer('failed_trials').notNull().default(0),
    desiredState: studyDesiredState('standing').notNull().default('open'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('studies_group').on(table.group).where(sql`group_name is not null`),
    check('studies_name_fits_an_address', sql`${table.name} ~ '^[^#@[:space:]]+$'`),
    check('studies_foreign_kind', sql`${table.foreignKind} in ('optuna', 'mlflow')`),
    check('studies_budget', sql`${table.budgetTrials} >= 0 and ${table.maxAttempts} >= 1`),
    check(
      'studies_counts',
      sql`least(${table.cancelledTrials}, ${table.prunedTrials}, ${table.failedTrials}) >= 0
        and ${table.cancelledTrials} + ${table.prunedTrials} + ${table.failedTrials} <= ${table.nextNumber}`,
    ),
  ],
);
