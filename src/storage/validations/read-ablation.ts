import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { canonicalJson, type Json } from '../../core/json.ts';
import type { VariedSettings } from '../../search/study/walk-forward.ts';
import { type ComparedArm, compareArms } from '../../validation/compare-arms.ts';
import type { Db } from '../database.ts';
import { type ComparedItem, comparedItem } from '../readers/compared-item.ts';
import { findStudy } from '../readers/find.ts';
import { evaluations, trials, validationFolds, validations } from '../schema/index.ts';
import { readArm } from './read-arm.ts';
import { policySubject } from './save-validation.ts';

/** One ablation of a study: arms that differ in the same settings, on the same folds, data and source. */
export interface AblationItem {
  /** What the arms differ in: `environment.overnight`, or the withheld features. */
  readonly varied: readonly string[];
  /** The arm that was evaluated first. */
  readonly reference: string;
  /** Numbers of the trials, and seeds, that every arm has evaluated on every fold. */
  readonly trials: readonly number[];
  readonly seeds: readonly number[];
  /** Each other arm against the reference; empty where no trial and seed is common to all. */
  readonly items: readonly ComparedItem<ComparedArm>[];
}

interface Arm {
  readonly id: number;
  readonly name: string;
  readonly settings: VariedSettings;
  /** What arms of one ablation have in common besides their settings. */
  readonly around: string;
  /** `number seed` of what is evaluated on every fold. */
  readonly whole: ReadonlySet<string>;
}

/** Reads what `assay ablate` found of a study, from the stored evaluations of its arms. @throws AssayError `not_found` */
export async function readAblations(db: Db, studyName: string): Promise<{ readonly items: readonly AblationItem[] }> {
  const study = await findStudy(db, studyName);
  const arms = await armsOf(db, study.id);
  const groups = new Map<string, { readonly varied: readonly string[]; readonly arms: Arm[] }>();
  for (const arm of arms) {
    const varied = variedBy(arm.settings);
    const key = canonicalJson([arm.around, ...varied]);
    // The arm that sees everything, of which nothing says what the others hide, belongs to each ablation by features.
    const own =
      varied.length === 0 ? arms.filter(({ around }) => around === arm.around).map(({ settings }) => variedBy(settings)) : [varied];
    for (const names of own) {
      if (names.length === 0 || (varied.length === 0 && !names.every((name) => name.startsWith(withheld)))) continue;
      const id = varied.length === 0 ? canonicalJson([arm.around, ...names]) : key;
      const group = groups.get(id) ?? { varied: names, arms: [] };
      groups.set(id, group);
      if (!group.arms.includes(arm)) group.arms.push(arm);
    }
  }
  const items = [...groups.values()].filter((group) => group.arms.length > 1).map((group) => compared(db, group.varied, group.arms));
  return { items: await Promise.all(items) };
}

const withheld = 'withhold ';

/** What an arm sets, without the values: keys, or the features that it hides. */
function variedBy({ withhold, ...settings }: VariedSettings): readonly string[] {
  const features = (withhold as { readonly features?: readonly string[] } | undefined)?.features ?? [];
  return [...Object.keys(settings).sort(), ...features.map((feature) => withheld + feature)];
}

async function armsOf(db: Db, study: number): Promise<readonly Arm[]> {
  const rows = await db
    .select()
    .from(validations)
    .where(and(eq(validations.studyId, study), isNotNull(validations.arm)))
    .orderBy(asc(validations.id));
  return Promise.all(
    rows.map(async ({ id, arm, definition }): Promise<Arm> => {
      const { arm: settings, ...rest } = definition as { readonly arm: VariedSettings } & Readonly<Record<string, Json>>;
      const windows = await db
        .select()
        .from(validationFolds)
        .where(eq(validationFolds.validationId, id))
        .orderBy(asc(validationFolds.fold));
      const evaluated = await db
        .select({ number: trials.number, seed: evaluations.seed })
        .from(evaluations)
        .innerJoin(trials, eq(trials.id, evaluations.trialId))
        .where(and(eq(evaluations.validationId, id), eq(evaluations.subject, policySubject)));
      const counts = new Map<string, number>();
      for (const { number, seed } of evaluated) counts.set(`${number} ${seed}`, (counts.get(`${number} ${seed}`) ?? 0) + 1);
      const folds = windows.map((window) => ({ ...window, validationId: 0 }));
      return {
        id,
        name: arm ?? '',
        settings,
        around: JSON.stringify([canonicalJson(rest), folds]),
        whole: new Set([...counts].filter(([, count]) => count === windows.length).map(([key]) => key)),
      };
    }),
  );
}

async function compared(db: Db, varied: readonly string[], arms: readonly Arm[]): Promise<AblationItem> {
  const [reference, ...others] = arms;
  const common = [...reference!.whole].filter((key) => others.every(({ whole }) => whole.has(key)));
  const pairs = common.map((key) => key.split(' ').map(Number) as [number, number]);
  // Trials with the same seeds: what one trial has and another lacks is no common ground.
  const trialsOf = [...new Set(pairs.map(([number]) => number))].sort((a, b) => a - b);
  const seeds = [...new Set(pairs.map(([, seed]) => seed))]
    .filter((seed) => trialsOf.every((number) => common.includes(`${number} ${seed}`)))
    .sort((a, b) => a - b);
  const wanted = { trials: seeds.length === 0 ? [] : trialsOf, seeds };
  const item = { varied, reference: reference!.name, ...wanted };
  if (seeds.length === 0) return { ...item, items: [] };
  const sides = await Promise.all(arms.map(async ({ id, name }) => ({ name, evaluations: await readArm(db, id, wanted) })));
  return { ...item, items: sides.slice(1).map((side) => comparedItem(compareArms(sides[0]!, side))) };
}
