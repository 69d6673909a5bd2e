import { describeValue } from '../../core/describe-value.ts';
import { AssayError } from '../../core/errors.ts';
import { isReservedKey } from '../../core/reserved-keys.ts';
import { storableText } from '../../core/text.ts';
import type { Metrics } from '../../search/trial/trial.ts';

/** Checks metrics, because study files are not always typechecked, and returns a copy. NaN and infinities are legal; -0 becomes 0. */
export function checkedMetrics(metrics: Metrics): Metrics {
  for (const [name, value] of Object.entries(metrics)) {
    if (name === '' || storableText(name) !== name || isReservedKey(name))
      throw invalidMetric(`${JSON.stringify(name)} cannot name a metric`);
    if (typeof value !== 'number') throw invalidMetric(`the metric ${name} is ${describeValue(value)}, not a number`);
  }
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value + 0]));
}

function invalidMetric(message: string): AssayError {
  return new AssayError('trial_failed', message, { hint: 'a metric is a number under a name; write texts to your own log' });
}
