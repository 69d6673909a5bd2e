import type { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { parseOptions } from '../options.ts';
import type { AlgorithmRef } from '../study/storage.ts';
import { createForecastPruner, forecastOptions } from './forecast/forecast.ts';
import { createHyperbandPruner, hyperbandOptions } from './halving/hyperband.ts';
import { createSuccessiveHalvingPruner, successiveHalvingOptions } from './halving/successive-halving.ts';
import { createNopPruner, nopOptions } from './nop/nop.ts';
import { createPatientPruner, patientOptions } from './patient/patient.ts';
import { pbtOptions } from './pbt/options.ts';
import { createPbtPruner } from './pbt/pbt.ts';
import { createPercentilePruner, medianOptions, percentileOptions } from './percentile/percentile.ts';
import type { Pruner } from './pruner.ts';
import { createThresholdPruner, thresholdOptions } from './threshold/threshold.ts';
import { createWilcoxonPruner, wilcoxonOptions } from './wilcoxon/wilcoxon.ts';

/** Every pruner: its id, and how its options make one. A new pruner is its folder, a line here and a builder below. */
const pruners: Readonly<Record<string, (options: Json) => Pruner>> = {
  nop: (options) => {
    parseOptions(nopOptions, options, 'nop');
    return createNopPruner();
  },
  forecast: (options) => createForecastPruner(parseOptions(forecastOptions, options, 'forecast')),
  median: (options) => createPercentilePruner('median', { ...parseOptions(medianOptions, options, 'median'), percentile: 50 }),
  percentile: (options) => createPercentilePruner('percentile', parseOptions(percentileOptions, options, 'percentile')),
  'successive-halving': (options) => createSuccessiveHalvingPruner(parseOptions(successiveHalvingOptions, options, 'successive-halving')),
  hyperband: (options) => createHyperbandPruner(parseOptions(hyperbandOptions, options, 'hyperband')),
  pbt: (options) => createPbtPruner(parseOptions(pbtOptions, options, 'pbt')),
  threshold: (options) => createThresholdPruner(parseOptions(thresholdOptions, options, 'threshold')),
  patient: (options) => {
    const { wrapped, ...rest } = parseOptions(patientOptions, options, 'patient');
    return createPatientPruner(wrapped === null ? null : prunerOf(wrapped), rest);
  },
  wilcoxon: (options) => createWilcoxonPruner(parseOptions(wilcoxonOptions, options, 'wilcoxon')),
};

/**
 * The pruner that a study names.
 * @throws AssayError `study_invalid` for an unknown id or option.
 */
export function prunerOf(ref: AlgorithmRef): Pruner {
  const create = Object.hasOwn(pruners, ref.id) ? pruners[ref.id] : undefined;
  if (create === undefined)
    throw new AssayError('study_invalid', `there is no pruner ${JSON.stringify(ref.id)}`, {
      place: 'pruner',
      hint: `known: ${Object.keys(pruners).join(', ')}`,
    });
  return create(ref.options);
}

/** Every trial runs to its end. */
export function nop(): AlgorithmRef {
  return { id: 'nop', options: {} };
}

/** Stop a trial that is not expected to end among the best, from how the complete trials went on from where it is. */
export function forecast(options: z.input<typeof forecastOptions> = {}): AlgorithmRef {
  return { id: 'forecast', options: parseOptions(forecastOptions, options, 'forecast') };
}

/** Stop a trial that is worse than the median of the finished trials at the same step. */
export function median(options: z.input<typeof medianOptions> = {}): AlgorithmRef {
  return { id: 'median', options: parseOptions(medianOptions, options, 'median') };
}

/** Stop a trial that is not among the best `percentile` percent of the finished trials at the same step. */
export function percentile(options: z.input<typeof percentileOptions> = {}): AlgorithmRef {
  return { id: 'percentile', options: parseOptions(percentileOptions, options, 'percentile') };
}

/** Let one in `reductionFactor` trials pass each rung, where rungs lie that much further apart each time. */
export function successiveHalving(options: z.input<typeof successiveHalvingOptions> = {}): AlgorithmRef {
  return { id: 'successive-halving', options: parseOptions(successiveHalvingOptions, options, 'successive-halving') };
}

/** Several such ladders side by side, from eager to lenient. */
export function hyperband(options: z.input<typeof hyperbandOptions> = {}): AlgorithmRef {
  return { id: 'hyperband', options: parseOptions(hyperbandOptions, options, 'hyperband') };
}

/** Stop a trial whose value leaves the bounds or is NaN. */
export function threshold(options: z.input<typeof thresholdOptions>): AlgorithmRef {
  return { id: 'threshold', options: parseOptions(thresholdOptions, options, 'threshold') };
}

/** Stop a trial, or ask the wrapped pruner, when it has not improved for `patience` reports. */
export function patient(options: z.input<typeof patientOptions>): AlgorithmRef {
  return { id: 'patient', options: parseOptions(patientOptions, options, 'patient') };
}

/** Stop a trial that a signed-rank test finds worse than the best one on the steps (problem instances) both have. */
export function wilcoxon(options: z.input<typeof wilcoxonOptions> = {}): AlgorithmRef {
  return { id: 'wilcoxon', options: parseOptions(wilcoxonOptions, options, 'wilcoxon') };
}
