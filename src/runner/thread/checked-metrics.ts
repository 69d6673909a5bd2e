import { AssayError } from '../../core/errors.ts';
import type { Metrics } from '../../search/trial/trial.ts';

/** Metrics as they can be stored: study files are not always typechecked. NaN and infinities are numbers here. */
export function checkedMetrics(metrics: Metrics): Metrics {
  for (const [name, value] of Object.entries(metrics)) {
    if (name === '' || name.includes('\0')) throw wrong(`${JSON.stringify(name)} cannot name a metric`);
    if (typeof value !== 'number') throw wrong(`the metric ${name} is ${JSON.stringify(value) ?? typeof value}, not a number`);
  }
  return metrics;
}

function wrong(message: string): AssayError {
  return new AssayError('trial_failed', message, { hint: 'metrics are names with numbers; keep texts in your own log' });
}
