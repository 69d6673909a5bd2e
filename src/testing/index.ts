/**
 * Tests for those who write a sampler, a pruner, a feature set, an agent or a storage: `import … from 'assay/testing'`. Each declares tests of
 * vitest; the generator of spaces is an arbitrary of fast-check. Both are packages of the project that uses it.
 */
export { createRng } from '../core/rng.ts';
export type { Vault } from '../core/vault.ts';
export type {
  Added,
  ArtifactRef,
  Asked,
  Checkpointed,
  CheckpointRef,
  Claimed,
  ClaimRequest,
  DataDay,
  DataRead,
  DataRef,
  Expiries,
  KnownResult,
  Lease,
  LeaseState,
  ModuleRef,
  Paused,
  Reaped,
  Renewed,
  Report,
  Reported,
  Storage,
  StudyDescription,
  StudyId,
  StudyRecord,
  Taken,
} from '../search/study/storage.ts';
export type { Finished, Outcome, Started, Trial, TrialBase, TrialFailure, TrialState } from '../search/trial/trial.ts';
export type { Agent, Normalisation, PolicyOptions, Transitions, UpdateReport } from '../trading/agents/agent.ts';
export { type AgentPlace, type AgentTraits, agentConformance } from './agent.ts';
export { anySpace } from './any-space.ts';
export { type FeatureMarket, type FeatureSetTraits, featureSetConformance } from './feature-set.ts';
export { type PrunerTraits, prunerConformance } from './pruner.ts';
export { samplerConformance } from './sampler.ts';
export type { ChangedTrial, StorageUnderTest, StoredTrial, StudyChanges } from './storage/subject.ts';
export { storageConformance } from './storage.ts';
