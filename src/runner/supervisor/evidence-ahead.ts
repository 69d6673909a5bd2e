import { AssayError, messageOf } from '../../core/errors.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';

/**
 * Plans the folds of a study on the current data before the search starts, so that a study that cannot be validated is refused.
 * @returns the evidence that the folds will give (null: the study has no walk-forward or does not tell).
 * @throws AssayError `config_invalid` for folds that do not fit into the data, `not_found` for missing data, `study_invalid`
 * for a plan without folds and for any other error of the plan.
 */
export async function evidenceAheadOf({ walkForward }: StudyDefinition, dataDir: string): Promise<EvidenceAhead | null> {
  if (walkForward === null) return null;
  const { loadDataset } = await import('../../market/store/read.ts');
  const context = { dataset: async (name: string) => loadDataset(dataDir, name) };
  try {
    const folds = await walkForward.plan(context);
    if (folds.length === 0) throw new AssayError('study_invalid', 'it has no folds', { hint: 'return at least one fold from plan' });
    return (await walkForward.evidence?.(context, folds)) ?? null;
  } catch (cause) {
    const known = cause instanceof AssayError ? cause : null;
    throw new AssayError(known?.code ?? 'study_invalid', `the walk-forward of the study cannot be planned: ${messageOf(cause)}`, {
      hint: known?.hint ?? 'correct plan in the study file: it runs before the search starts',
      ...(known?.place !== undefined && { place: known.place }),
      cause,
    });
  }
}
