import type { CheckContext, WalkForwardChecks } from '../../search/study/walk-forward.ts';
import { bytesToFloats } from '../../storage/artifacts/floats.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { CheckTask, TaskResults } from './protocol.ts';

/** Runs a check of a validation in this thread; null if the study's walk-forward has none. */
export async function runCheck(
  task: CheckTask,
  checks: WalkForwardChecks | undefined,
  context: CheckContext,
  dataDir: string,
): Promise<TaskResults[CheckTask['kind']]> {
  if (checks === undefined) return null;
  switch (task.kind) {
    case 'check-data':
      return checks.data(context);
    case 'check-features':
      return checks.features(context, task.fold, task.rows);
    case 'check-policies': {
      const store = createArtifactStore(dataDir);
      const policies = await Promise.all(
        task.policies.map(async ({ seed, policyHash, stepReturnsHash, dailyReturns }) => ({
          seed,
          bytes: await store.get(policyHash),
          stepReturns: bytesToFloats(await store.get(stepReturnsHash)),
          dailyReturns,
        })),
      );
      return checks.policies(context, task.fold, { rows: task.rows, policies });
    }
  }
}
