import type { StudyDefinition } from '../../search/study/define-study.ts';
import type { StudyDescription } from '../../search/study/storage.ts';
import { plannedVault } from '../datasets/vault.ts';
import { foldsAheadOf } from './evidence-ahead.ts';

/**
 * What is stored with a study of its data and gate policy as they are now, whoever opens it: what its validations will give, its windows, its
 * vault, and the numbers of its policy.
 * @throws AssayError `config_invalid` for an unknown gate policy, and as {@link foldsAheadOf} and {@link plannedVault}
 */
export async function describeOnData(
  definition: Pick<StudyDefinition, 'walkForward' | 'policy'>,
  dataDir: string,
): Promise<Pick<StudyDescription, 'evidence' | 'ahead' | 'vault' | 'policyRules'>> {
  const { loadGatePolicy } = await import('../../trading/config/load.ts');
  const policyRules = loadGatePolicy(definition.policy);
  const { evidence = null, ahead = null } = (await foldsAheadOf(definition, dataDir)) ?? {};
  const vault = await plannedVault(definition, dataDir);
  return {
    policyRules,
    ...(evidence !== null && { evidence }),
    ...(ahead !== null && { ahead }),
    ...(vault !== null && { vault }),
  };
}
