import type { Change } from './converted.ts';
import type { Call, StudyDraft } from './draft.ts';
import { comment, optionsLiteral, paramLines, textLiteral } from './source-text.ts';
import { emptyObjective, programObjective } from './write-objective.ts';

/** Returns the text of a study file. @param file name of what it was made from */
export function studyText(name: string, draft: StudyDraft, file: string): string {
  const { params, direction, sampler, pruner, trials, target } = draft;
  const { imports, helpers, member } = draft.program === undefined ? emptyObjective(params) : programObjective(draft.program, params);
  const builders = [
    ...new Set([
      'defineStudy',
      ...params.flatMap(({ param }) => buildersOf(param)),
      ...[sampler, pruner].flatMap((call) => (call === undefined ? [] : [call.value.name])),
    ]),
  ].toSorted();
  const budget = [
    ...(trials === undefined ? [] : [`trials: ${trials.value}`]),
    ...(target === undefined ? [] : [`stopWhen: { target: ${target} }`]),
  ];
  const lines = [
    ...imports,
    `import { ${builders.join(', ')} } from 'assay';`,
    '',
    ...helpers,
    comment(`Made by assay import from ${file}, ${draft.from}. A comment says where the meaning is not quite the same.`),
    ...draft.notes.map(comment),
    'export default defineStudy({',
    `  name: ${textLiteral(name)},`,
    ...said(direction.notes),
    `  direction: '${direction.value}',`,
    '  space: {',
    paramLines(params, '    '),
    '  },',
    ...(sampler === undefined ? [] : [...said(sampler.notes), `  sampler: ${callText(sampler.value)},`]),
    ...(pruner === undefined ? [] : [...said(pruner.notes), `  pruner: ${callText(pruner.value)},`]),
    ...(budget.length === 0 ? [] : [...said(trials?.notes ?? []), `  budget: { ${budget.join(', ')} },`]),
    ...member,
    '});',
  ];
  return `${lines.join('\n')}\n`;
}

const said = (notes: readonly string[]): readonly string[] => notes.map((note) => `  ${comment(note)}`);

const callText = ({ name, options }: Call<string>): string => `${name}(${optionsLiteral(options)})`;

/** Names of the builders that a parameter needs. */
function buildersOf(param: Change['param']): readonly string[] {
  if (param.type === 'branch')
    return ['branch', ...param.cases.flatMap(({ params }) => params.flatMap((inner) => buildersOf(inner.param)))];
  return [param.type === 'choice' && param.choices.length === 1 ? 'fixed' : param.type];
}
