import { describeValue } from '../../core/describe-value.ts';
import { AssayError } from '../../core/errors.ts';
import type { Report } from '../../search/study/storage.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { checkedMetrics } from './checked-metrics.ts';

/**
 * Returns a report in stored form: the value of the trial's curve, and its metrics.
 * @param curve name of the metric that is the curve, of a study with several objectives (null: the report is the value itself).
 * @throws AssayError `trial_failed` for a report of the wrong shape.
 */
export function reportedValues(reported: number | Metrics, metrics: Metrics | undefined, curve: string | null): Omit<Report, 'step'> {
  if (curve === null) {
    if (typeof reported === 'number')
      return metrics === undefined ? { value: reported + 0 } : { value: reported + 0, metrics: checkedMetrics(metrics) };
    throw new AssayError(
      'trial_failed',
      `report(step, …) was given ${describeValue(reported)}: a study with one objective reports a number`,
      {
        hint: 'report(step, value), or report(step, value, { metric: number })',
      },
    );
  }
  const values = typeof reported === 'object' && reported !== null ? checkedMetrics({ ...reported, ...metrics }) : {};
  const value = values[curve];
  if (value === undefined)
    throw new AssayError('trial_failed', `the report has no metric ${curve}`, {
      hint: `with several objectives report metrics by name: report(step, { ${curve}: … }); pruneOn names the one that is the trial's curve`,
    });
  return { value, metrics: values };
}
