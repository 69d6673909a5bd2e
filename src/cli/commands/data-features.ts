import { type Command, Option } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { settingFault } from '../../core/schema-issue.ts';
import type { FeatureCheck } from '../../features/check.ts';
import type { FeatureSet, RowRange } from '../../features/feature-set.ts';
import type { RegimeFacts, RegimeReport } from '../../features/hmm/report.ts';
import type { FeatureSummary } from '../../features/summary.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import { regimePicture, shadeOf } from '../output/regime-picture.ts';
import type { Column } from '../output/table.ts';

interface FeatureFlags {
  readonly set: string;
  readonly train?: number;
  readonly check?: boolean;
}

interface RegimeFlags {
  readonly states: number;
  readonly bars: number;
  readonly covariance: 'diag' | 'full';
  readonly train?: number;
  readonly bic?: boolean;
  readonly show: number;
}

/** Part of the sessions that a set learns from where no number is given. */
const trainedShare = 0.6;

/** Views of a data set's features: `assay data features` and `assay data regimes`. */
export function registerFeatureViews(data: Command, io: Io): void {
  data
    .command('features <name>')
    .description('the features of a data set: mean, deviation and range of each; --check tests that none looks ahead')
    .option('--set <id or file>', 'a feature set by id, several joined by " + ", or a file that exports your own', 'multi-ticker@1')
    .option('--train <sessions>', 'first sessions that a set may learn from (default: 60 %)', positiveWholeNumber)
    .option('--check', 'check it: finite, learns from its training part only, looks at no later bar, same after a restart')
    .action(async (name: string, flags: FeatureFlags, command: Command) => {
      const options = optionsOf(command);
      const bars = await barsOf(options.dataDir, name);
      const set = await chosenSet(flags.set);
      const training = trainingRows(bars, flags.train);
      if (flags.check === true) {
        const { checkFeatureSet } = await import('../../features/check.ts');
        const checks = checkFeatureSet(set, bars, training);
        printAnswer(io, options, { document: { dataset: name, set: set.id, checks }, columns: checkColumns, rows: checks });
        const failed = checks.filter(({ passed }) => !passed);
        if (failed.length > 0)
          throw new AssayError('data_invalid', `${set.id} fails ${failed.map(({ check }) => JSON.stringify(check)).join(' and ')}`, {
            place: failed[0]!.because,
            hint: 'docs/features.md says what a feature set may remember and read',
          });
        return;
      }
      const [{ featureMatrix }, { summaryOf }] = await Promise.all([
        import('../../features/index.ts'),
        import('../../features/summary.ts'),
      ]);
      const matrix = featureMatrix(bars, { set, training });
      const { set: id, rows, warmUpBars, fitted } = matrix;
      const features = summaryOf(matrix);
      const document = { dataset: name, set: id, rows, warmUpBars, training, features, fitted };
      printAnswer(io, options, { document, columns: featureColumns, rows: features });
      say(
        io,
        options,
        `${id}: ${rows} rows, the first ${warmUpBars} of them warm-up${fitted === null ? '' : `; learnt from rows ${training.from} to ${training.to}`}`,
      );
    });

  data
    .command('regimes <name>')
    .description('calm and turbulent times of each symbol by a hidden Markov model, fitted on the first sessions, with a picture')
    .option('--states <k>', 'number of regimes', positiveWholeNumber, 3)
    .option('--bars <n>', 'bars that the inputs look back; one bar switches regimes every few minutes', positiveWholeNumber, 15)
    .addOption(new Option('--covariance <shape>', 'of the states').choices(['diag', 'full']).default('diag'))
    .option('--train <sessions>', 'first sessions to fit on (default: 60 %)', positiveWholeNumber)
    .option('--bic', 'compare 1 to 5 states by the Bayesian information criterion: five more fits')
    .option('--show <sessions>', 'last sessions in the picture', positiveWholeNumber, 30)
    .action(async (name: string, { show, train, bic = false, ...flags }: RegimeFlags, command: Command) => {
      const options = optionsOf(command);
      const bars = await barsOf(options.dataDir, name);
      const [{ regimeReports }, { regimeOptions }] = await Promise.all([
        import('../../features/hmm/report.ts'),
        import('../../features/hmm/regimes.ts'),
      ]);
      const settings = regimeOptions.safeParse(flags);
      if (!settings.success) {
        const { keys, because } = settingFault(regimeOptions, flags, settings.error);
        throw new AssayError('usage', `--${keys.join('.')}: ${because}`, { hint: 'see `assay data regimes --help`' });
      }
      const training = trainingRows(bars, train);
      const reports = regimeReports(bars, training, { ...settings.data, compared: bic ? 5 : 0 });
      const rows = reports.flatMap((report) =>
        report.regimes.map((facts) => ({ symbol: report.symbol, states: report.regimes.length, ...facts })),
      );
      printAnswer(io, options, {
        document: { dataset: name, training, options: settings.data, symbols: reports },
        columns: regimeColumns,
        rows,
      });
      if (options.json || options.jsonl || options.csv) return;
      for (const report of reports) for (const line of linesOf(report, show, io)) say(io, options, line);
    });
}

function linesOf(
  { symbol, regimes, fitted, sessions, switchesPerSession, differsFromHindsight, bic }: RegimeReport,
  show: number,
  io: Io,
): readonly string[] {
  const states = regimes.length;
  const legend = regimes.map(({ regime }) => `${shadeOf(regime, states)} ${regime}`).join('  ');
  const found = fitted.starts.filter(
    ({ logLikelihood }) => logLikelihood !== null && Math.abs(logLikelihood - fitted.logLikelihood) < 1e-3 * fitted.rows,
  );
  const bics =
    bic.length === 0 ? '' : `; BIC by states: ${bic.map((value, i) => `${i + 1}: ${value === null ? '-' : Math.round(value)}`).join(', ')}`;
  return [
    '',
    `${symbol}: ${legend}; * fitted on`,
    ...regimePicture(sessions.slice(-show), states, io.err.width()),
    `${symbol}: ${switchesPerSession.toFixed(1)} switches a session; hindsight (Viterbi) differs in ${(100 * differsFromHindsight).toFixed(1)} % of the fitted bars`,
    `${symbol}: best of ${fitted.starts.length} starts, reached by ${found.map(({ start }) => start).join(', ')}${bics}`,
  ];
}

async function barsOf(dataDir: string | undefined, name: string): Promise<AlignedBars> {
  const { barsFromTable, loadDataset } = await import('../../market/store/read.ts');
  return barsFromTable(loadDataset(dataDirOf(dataDir), name));
}

/** A set by its id, or from a file: an id has an @, a file ends like one. */
async function chosenSet(text: string): Promise<FeatureSet> {
  if (/\.(m?[jt]s)$/.test(text)) {
    const { importFeatureSet } = await import('../../runner/study-files/import-feature-set.ts');
    return importFeatureSet(text);
  }
  const { featureSetOf } = await import('../../features/choice.ts');
  return featureSetOf(text);
}

/** Rows of the first sessions. @throws AssayError `usage` for more sessions than there are. */
function trainingRows({ session }: AlignedBars, sessions?: number): RowRange {
  const count = session.at(-1)! + 1;
  const trained = sessions ?? Math.max(1, Math.floor(trainedShare * count));
  if (trained > count)
    throw new AssayError('usage', `the data set has ${count} sessions, not ${trained}`, { hint: 'name fewer with --train' });
  const to = session.findIndex((one) => one >= trained);
  return { from: 0, to: to < 0 ? session.length : to };
}

const digits = (x: number): string => (Number.isFinite(x) ? x.toPrecision(4) : '-');

const featureColumns: readonly Column<FeatureSummary>[] = [
  { title: 'feature', cell: ({ feature }) => feature },
  { title: 'mean', cell: ({ mean }) => digits(mean), exact: ({ mean }) => mean, align: 'right' },
  { title: 'sd', cell: ({ sd }) => digits(sd), exact: ({ sd }) => sd, align: 'right' },
  { title: 'min', cell: ({ min }) => digits(min), exact: ({ min }) => min, align: 'right' },
  { title: 'max', cell: ({ max }) => digits(max), exact: ({ max }) => max, align: 'right' },
  { title: 'zeros', cell: ({ zeros }) => `${(100 * zeros).toFixed(1)} %`, exact: ({ zeros }) => zeros, align: 'right' },
];

const checkColumns: readonly Column<FeatureCheck>[] = [
  { title: 'check', cell: ({ check }) => check },
  { title: 'passed', cell: ({ passed }) => (passed ? 'yes' : 'NO'), exact: ({ passed }) => passed },
  { title: 'because', cell: ({ because }) => because, wrap: true },
];

type RegimeRow = RegimeFacts & { readonly symbol: string; readonly states: number };

const regimeColumns: readonly Column<RegimeRow>[] = [
  { title: 'symbol', cell: ({ symbol }) => symbol },
  { title: 'regime', cell: ({ regime, states }) => `${shadeOf(regime, states)} ${regime}`, exact: ({ regime }) => regime },
  { title: 'share', cell: ({ share }) => `${(100 * share).toFixed(1)} %`, exact: ({ share }) => share, align: 'right' },
  { title: 'minutes', cell: ({ minutes }) => digits(minutes), exact: ({ minutes }) => minutes, align: 'right' },
  { title: 'stays', cell: ({ stay }) => stay.toFixed(4), exact: ({ stay }) => stay, align: 'right' },
  { title: 'next move, bp', cell: ({ nextMove }) => digits(nextMove), exact: ({ nextMove }) => nextMove, align: 'right' },
  { title: 'range, bp', cell: ({ range }) => digits(range), exact: ({ range }) => range, align: 'right' },
];
