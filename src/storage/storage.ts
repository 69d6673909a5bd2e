import type { AlgorithmRef } from '../search/algorithm.ts';
import { prunerOf as createPruner } from '../search/pruners/index.ts';
import type { Pruner } from '../search/pruners/pruner.ts';
import { withHistoryFilter } from '../search/pruners/with-history-filter.ts';
import { samplerOf } from '../search/samplers/index.ts';
import { withReplicates } from '../search/samplers/replicated.ts';
import type { Sampler } from '../search/samplers/sampler.ts';
import { type CompiledSpace, compileSpace } from '../search/space/compile.ts';
import type { SpaceJson } from '../search/space/param.ts';
import type { Storage } from '../search/study/storage.ts';
import type { Db } from './database.ts';
import { createSettledCurves } from './history/curves.ts';
import { createEarlierStudies } from './history/earlier.ts';
import { createObservations } from './history/observations.ts';
import type { StudyRow } from './schema/rows.ts';
import { ask } from './verbs/ask.ts';
import { attach } from './verbs/attach.ts';
import { checkpoint } from './verbs/checkpoint.ts';
import { claim } from './verbs/claim.ts';
import { dropCheckpoints } from './verbs/drop-checkpoints.ts';
import { expiries } from './verbs/expiries.ts';
import { findCheckpoint } from './verbs/find-checkpoint.ts';
import { finish } from './verbs/finish.ts';
import { open } from './verbs/open.ts';
import { pause } from './verbs/pause.ts';
import { reap } from './verbs/reap.ts';
import { recordDataDays } from './verbs/record-data-days.ts';
import { recordDataRead } from './verbs/record-data-read.ts';
import { recordResult } from './verbs/record-result.ts';
import { release } from './verbs/release.ts';
import { renew } from './verbs/renew.ts';
import { report } from './verbs/report.ts';
import { resume } from './verbs/resume.ts';
import { type Taking, take } from './verbs/take.ts';

/** Builds samplers, pruners and spaces from their stored ids and JSON. */
export interface Algorithms {
  readonly samplerOf: (ref: AlgorithmRef) => Sampler;
  readonly prunerOf: (ref: AlgorithmRef) => Pruner;
  readonly compileSpace: (space: SpaceJson) => CompiledSpace;
}

const ours: Algorithms = { samplerOf, prunerOf: createPruner, compileSpace };

/** The Storage port on PostgreSQL. One per process and database: it caches what it has read of each study's history. */
export function createStorage(db: Db, algorithms: Algorithms = ours): Storage {
  const observations = createObservations();
  const curves = createSettledCurves();
  const spaces = new Map<string, CompiledSpace>();

  // Shared by studies with the same pruner and options, since pruners are pure.
  const pruners = new Map<string, Pruner>();
  const prunerOf = (ref: AlgorithmRef): Pruner => {
    const key = JSON.stringify([ref.id, ref.options]);
    const known = pruners.get(key) ?? algorithms.prunerOf(ref);
    pruners.set(key, known);
    return known;
  };

  const spaceOf = (study: StudyRow): CompiledSpace => {
    const known = spaces.get(study.spaceHash) ?? algorithms.compileSpace(study.space);
    spaces.set(study.spaceHash, known);
    return known;
  };
  const prunerOfStudy = (study: StudyRow): Pruner => prunerOf({ id: study.prunerId, options: study.prunerOptions });
  const asking = {
    db,
    observations,
    curves,
    earlier: createEarlierStudies(),
    spaceOf,
    prunerOf: prunerOfStudy,
    samplerOf: (study: StudyRow) =>
      withReplicates(
        withHistoryFilter(prunerOfStudy(study), algorithms.samplerOf({ id: study.samplerId, options: study.samplerOptions })),
        study.replicates ?? 'none',
      ),
  };
  const taking: Taking = { turn: 0, grew: null };
  const reporting = { db, curves, prunerOf };

  return {
    open: (study) => open(db, study),
    ask: (study) => ask(asking, study),
    recordResult: (study, known) => recordResult(db, study, known),
    claim: (request) => claim(db, request),
    take: (request) => take(asking, request, taking),
    report: (lease, value) => report(reporting, lease, value),
    renew: (lease) => renew(db, lease),
    finish: (lease, outcome, ranOn) => finish(db, lease, outcome, ranOn),
    release: (lease) => release(db, lease),
    pause: (lease, paused) => pause(db, lease, paused),
    reap: (study) => reap(db, study),
    expiries: (studies) => expiries(db, studies),
    checkpoint: (lease, made) => checkpoint(db, lease, made),
    findCheckpoint: (lease) => findCheckpoint(db, lease),
    resume: (lease, found) => resume(db, lease, found),
    dropCheckpoints: (study) => dropCheckpoints(db, study),
    attach: (lease, artifact) => attach(db, lease, artifact),
    recordDataRead: (lease, data) => recordDataRead(db, lease, data),
    recordDataDays: (hash, days) => recordDataDays(db, hash, days),
  };
}
