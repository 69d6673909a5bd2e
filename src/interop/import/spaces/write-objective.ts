// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of modules, and the macros of a sweep's command
import type { Converted } from './converted.ts';
import type { ArgumentStyle, ProgramCall } from './draft.ts';
import { comment, keyLiteral, memberOf, textLiteral } from './source-text.ts';

/** Parts of a study file that belong to its objective. */
export interface ObjectiveText {
  readonly imports: readonly string[];
  /** Between the imports and the study. */
  readonly helpers: readonly string[];
  /** The member `objective` with what is said of it. */
  readonly member: readonly string[];
}

/** An objective that is to be written: its first trial says so. */
export function emptyObjective(params: readonly Converted[]): ObjectiveText {
  const rounded = roundedValues(params);
  return {
    imports: [],
    helpers: [],
    member: [
      '  // To be written: compute the value of a trial from params, and return it.',
      '  objective: ({ params }) => {',
      ...(rounded === null ? [] : [`    const values = ${rounded};`]),
      `    throw new Error(\`this study has no objective yet: \${JSON.stringify(${rounded === null ? 'params' : 'values'})}\`);`,
      '  },',
    ],
  };
}

/** An objective that starts a program with the parameters as arguments and takes its value from the last line. */
export function programObjective({ words, metric }: ProgramCall, params: readonly Converted[]): ObjectiveText {
  const argued = words.flatMap((word) => (typeof word === 'object' && 'args' in word ? [word.args] : []));
  const [file, ...others] = words.map(wordText);
  return {
    imports: ["import { execFile } from 'node:child_process';", "import { promisify } from 'node:util';"],
    helpers: [
      'const run = promisify(execFile);',
      '',
      ...(argued.some((style) => style !== 'json')
        ? [
            '/** As Python writes a value. */',
            'const written = (value: unknown): string =>',
            "  value === null ? 'None' : typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);",
            '',
          ]
        : []),
    ],
    member: [
      `  ${comment(`The program prints {"value": …} as its last line: ${metric}. Relative paths are those of where assay runs.`)}`,
      '  objective: async ({ params, address, signal }) => {',
      `    const values = ${roundedValues(params) ?? 'params'};`,
      ...(argued.some((style) => style !== 'json') ? ['    const entries = Object.entries(values);'] : []),
      `    const { stdout } = await run(${file}, [${others.join(', ')}], {`,
      '      signal,',
      '      maxBuffer: 2 ** 28,',
      '      env: { ...process.env, ASSAY_TRIAL: address },',
      '    });',
      "    const { value } = JSON.parse(stdout.trim().split('\\n').at(-1) ?? '') as { readonly value: number };",
      '    return value;',
      '  },',
    ],
  };
}

const styles: Readonly<Record<ArgumentStyle, string>> = {
  flags: '...entries.map(([name, value]) => `--${name}=${written(value)}`)',
  plain: '...entries.map(([name, value]) => `${name}=${written(value)}`)',
  booleans:
    '...entries.flatMap(([name, value]: readonly [string, unknown]) => (value === true ? [`--${name}`] : value === false ? [] : [`--${name}=${written(value)}`]))',
  json: 'JSON.stringify(values)',
};

function wordText(word: ProgramCall['words'][number]): string {
  if (typeof word === 'string') return textLiteral(word);
  return 'args' in word ? styles[word.args] : `${memberOf('process.env', word.variable)} ?? ''`;
}

/** The parameters with those rounded whose scale has no step (null: there are none). */
function roundedValues(params: readonly Converted[]): string | null {
  const members = params.flatMap(({ name, rounded }) =>
    rounded === undefined ? [] : [`${keyLiteral(name)}: Math.round(${memberOf('params', name)} / ${rounded}) * ${rounded}`],
  );
  return members.length === 0 ? null : `{ ...params, ${members.join(', ')} }`;
}
