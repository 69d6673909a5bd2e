import type { ConfigOverrides } from '../../core/config-file.ts';
import { middleParams } from '../../search/space/middle.ts';
import { nest } from '../../search/space/nest.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { SmokeCheck } from '../../search/study/smoke.ts';
import { readingConfigs } from '../../trading/config/reading.ts';
import { datasetsWithoutVault } from '../datasets/vault.ts';
import { loadStudy } from '../study-files/load-study.ts';
import { smokeObjective } from './smoke-objective.ts';

export interface SmokeRun {
  /** The study file. */
  readonly file: string;
  readonly dataDir: string;
  /** Some of the parameters; the others are in the middle of their ranges. */
  readonly params: FlatParams;
  readonly seed: number;
  /** Environment steps of a study that has a smoke run of its own, as trading tasks do. */
  readonly steps: number;
  /** Time after which another study's objective is stopped. */
  readonly seconds: number;
  /** Changes to the configurations that the study reads. */
  readonly overrides: ConfigOverrides;
}

export interface SmokeReport {
  readonly study: string;
  readonly params: FlatParams;
  readonly checks: readonly SmokeCheck[];
  /** True if the objective was told to stop and went on. */
  readonly stillRunning: boolean;
}

/**
 * Tries a study out with one set of parameters, in this process, without a database. Writes nothing.
 * @throws AssayError as {@link loadStudy} and {@link readingConfigs}; `params_invalid`; `not_found` for a data set that is missing.
 */
export async function smokeStudy({ file, dataDir, params: given, seed, steps, seconds, overrides }: SmokeRun): Promise<SmokeReport> {
  const { definition } = (await readingConfigs(overrides, () => loadStudy(file))).loaded;
  const params = middleParams(definition.space, given);
  const dataset = datasetsWithoutVault(definition, dataDir);
  const { name: study } = definition;
  if (definition.smoke === null) return { study, params, ...(await smokeObjective(definition, { params, seed, seconds, dataset })) };
  const { signal } = new AbortController();
  const checks = await definition.smoke({ params: nest(definition.space, params), seed, steps, signal, dataset });
  return { study, params, checks, stillRunning: false };
}
