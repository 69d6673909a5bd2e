import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../core/package-root.ts';
import { packageVersion } from '../../core/version.ts';

/** A shipped configuration, without its first line, which is a comment: a project has no file of ours to include. */
const settingsOf = (name: string): string => {
  const text = readFileSync(join(packageRoot, `configs/${name}.yaml`), 'utf8');
  return text.slice(text.indexOf('\n') + 1);
};

/** What `assay init` puts into a folder, by path; package.json, which may be there already, is made by package-json.ts. */
export const starterFiles: Readonly<Record<string, string>> = {
  'studies/first.ts': `import { defineStudy, float, int, median } from 'assay';

/** 3000 days of a price whose trend turns now and then: generated, and the same in every trial. */
function generatedReturns(): number[] {
  let state = 7;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  let trend = 0.001;
  return Array.from({ length: 3000 }, () => {
    if (uniform() < 0.01) trend = -trend;
    return trend + 0.02 * (uniform() - 0.5);
  });
}

const returns = generatedReturns();
const cost = 0.0005;

/** Which moving average of the daily return, and how far from zero, makes the best rule to hold, to go short or to stay out? */
export default defineStudy({
  name: 'first',
  direction: 'maximize',
  space: { window: int(2, 120, { log: true }), threshold: float(0, 0.002) },
  pruner: median(),
  budget: { trials: 20 },
  seed: 1,
  objective: async ({ params, report }) => {
    const earned: number[] = [];
    let position = 0;
    for (let day = params.window; day < returns.length; day++) {
      const past = returns.slice(day - params.window, day);
      const mean = past.reduce((sum, value) => sum + value, 0) / params.window;
      const wanted = Math.abs(mean) > params.threshold ? Math.sign(mean) : 0;
      earned.push(wanted * returns[day]! - cost * Math.abs(wanted - position));
      position = wanted;
      if (earned.length % 500 === 0) await report(earned.length, sharpe(earned)); // throws when the pruner stops the trial
    }
    return sharpe(earned);
  },
});

/** Mean over standard deviation of the daily returns, for a year of 252 days. */
function sharpe(daily: readonly number[]): number {
  const mean = daily.reduce((sum, value) => sum + value, 0) / daily.length;
  const variance = daily.reduce((sum, value) => sum + (value - mean) ** 2, 0) / daily.length;
  return variance === 0 ? 0 : (mean / Math.sqrt(variance)) * Math.sqrt(252);
}
`,
  'configs/trading.yaml': `# Settings of a trading study, which reads them by loadTradingConfig(new URL('../configs/trading.yaml', import.meta.url)).
# Bars come first: assay data import <file> --name my-bars
dataset: my-bars
${settingsOf('environment/us-equities')}${settingsOf('agent/sac-small')}sessions:
  searchSessions: 60
  innerSessions: 15
  purgeSessions: 1
  testSessions: 15
  folds: 4
`,
  'data/.gitignore': '*\n!.gitignore\n',
  'tsconfig.json': `${JSON.stringify(
    {
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023'],
        module: 'preserve',
        moduleDetection: 'force',
        types: ['node'],
        strict: true,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
        noEmit: true,
      },
      include: ['studies'],
    },
    null,
    2,
  )}\n`,
};

export const starterScripts: Readonly<Record<string, string>> = { search: 'assay run studies/first.ts', serve: 'assay serve' };

export const starterDependency = { assay: `^${packageVersion}` } as const;
