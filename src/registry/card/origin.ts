import { dominates } from '../../search/objectives/pareto.ts';
import { compileSpace } from '../../search/space/compile.ts';
import type { LeafParam } from '../../search/space/param.ts';
import type { EvidenceBundle } from '../bundle/bundle.ts';
import type { DecisionRecord } from '../record.ts';
import { day } from './curves.ts';
import { type Html, html, table } from './html.ts';
import { number } from './judgement.ts';
import type { CardContent } from './render-card.ts';

/** Gates that failed and could not refuse. */
export function warnedOf({ verdicts }: DecisionRecord): readonly string[] {
  return verdicts.filter(({ passed, severity }) => !passed && severity === 'warn').map(({ gate }) => gate);
}

/** What was searched: how many trials, in which ranges, and what mattered. */
export function searchSection({ search, params, trial }: EvidenceBundle): Html {
  const { space, trials, importance, notes, sampler, pruner, direction, objectives, study } = search;
  const states = Object.entries(trials).map(([state, n]) => `${n} ${state}`);
  const goal =
    objectives === null ? `to ${direction} one objective` : objectives.map(({ name, direction: way }) => `to ${way} ${name}`).join(', ');
  const shareOf = new Map(importance.map((each) => [each.param, each]));
  return html`<section><h2>What was searched</h2>
<p>The study ${study} searched ${goal}: ${states.join(', ')} trials, by the sampler ${sampler.id} and the pruner ${pruner.id}, seed ${search.seed}. ${sayPlace(search, trial)}</p>
${table(
  ['Parameter', 'This trial', 'Range', 'Importance (90 % interval)'],
  compileSpace(space).params.map(({ name, param }) => {
    const share = shareOf.get(name);
    return [
      name,
      Object.hasOwn(params, name) ? shown(params[name]) : 'not used',
      rangeOf(param),
      share === undefined
        ? 'unknown'
        : html`<span class="bar" style="width:${(6 * share.importance).toFixed(2)}rem"></span>${Math.round(100 * share.importance)} % (${Math.round(100 * share.low)} to ${Math.round(100 * share.high)})`,
    ];
  }),
)}
${notes.map((note) => html`<p class="soft">${note}</p>`)}</section>`;
}

/** What the trial reached, and how many were better: with several objectives those that are at least as good in all and better in one. */
function sayPlace(
  { values: { numbers, values }, objectiveValues, direction, objectives }: EvidenceBundle['search'],
  trial: string,
): string {
  const at = numbers.indexOf(Number(trial.slice(trial.lastIndexOf('#') + 1)));
  const own = values[at] ?? Number.NaN;
  if (Number.isNaN(own)) return '';
  const goals = objectives ?? [{ name: null, direction }];
  // A bundle of an earlier release has the first of several objectives alone.
  const columns = objectiveValues ?? [values];
  const lossesAt = (i: number) => columns.map((column, k) => (goals[k]!.direction === 'maximize' ? -1 : 1) * column[i]!);
  const mine = lossesAt(at);
  const better = numbers.filter((_, i) => dominates(lossesAt(i), mine)).length;
  const reached = columns.map((column, k) => `${number(column[at]!)}${goals[k]!.name === null ? '' : ` in ${goals[k]!.name}`}`).join(', ');
  const how =
    goals.length === 1
      ? 'were better'
      : columns.length === 1
        ? `were better in ${goals[0]!.name}; the other objectives are not in this bundle`
        : 'were at least as good in every objective and better in one';
  return `This trial reached ${reached} in the search; ${better} of ${numbers.length} complete trials ${how}.`;
}

function rangeOf(param: LeafParam): string {
  if (param.type === 'choice') return param.choices.map(shown).join(', ');
  const step = param.step === null || (param.type === 'int' && param.step === 1) ? '' : `, in steps of ${param.step}`;
  return `${shown(param.low)} to ${shown(param.high)}${param.log ? ', logarithmic' : ''}${step}${param.type === 'int' ? ', whole numbers' : ''}`;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? number(value) : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every data set by the hash of its content. */
export function dataSection({ record: { data } }: CardContent): Html {
  return html`<section><h2>Data</h2>
${
  data.length === 0
    ? html`<p>No data set is recorded.</p>`
    : table(
        ['Data set', 'SHA-256 of its content'],
        data.map(({ name, hash }) => [name, html`<code>${hash}</code>`]),
      )
}</section>`;
}

/** How to act with the exported policy. */
export function serveSection({ address, onnx, record }: CardContent): Html {
  const known = onnx ?? {};
  const has = (name: string): string => known[name] ?? '';
  return html`<section><h2>Serving</h2>
<p><code>assay model export ${address} --out policy.onnx</code> writes the policy. Its SHA-256 must be <code>${record.policyHash}</code>.</p>
${
  onnx === null
    ? html`<p>The file has no metadata: what it takes and gives is up to the study.</p>`
    : html`<ul>
<li><strong>Input</strong> <code>observation</code>, float32 [rows, size]: the features of one bar in the order of the normaliser, then the state of the account, as the environment gives them${has('symbols') === '' ? '' : ` (symbols ${has('symbols')})`}.</li>
<li><strong>Normalisation</strong>: ${has('observations') === 'raw' ? 'the graph normalises by itself; give raw features' : 'give observations that are normalised with the frozen numbers in the metadata normaliser'}${has('normaliserHash') === '' ? '' : html` (hash <code>${has('normaliserHash')}</code>)`}. Features: ${has('features') || 'not stated'}.</li>
<li><strong>Output</strong> <code>action</code>, float32 [rows, size]: the target position of each asset from -1 to 1, without exploration.</li>
<li><strong>State</strong>: where the graph has an input <code>state</code>, begin with zeros, and hand the output <code>nextState</code> of each bar to the next. Clear it where the metadata says that an episode begins.</li></ul>
${table(
  ['Metadata', 'Value'],
  Object.entries(known).map(([name, value]) => [
    name,
    html`<span class="mono">${value.length > 400 ? `${value.slice(0, 400)} … (${value.length} characters)` : value}</span>`,
  ]),
)}`
}</section>`;
}

/** What the evidence does not show. */
export function limitsSection({ bundle, record, decision }: CardContent): Html {
  const windows = bundle?.evidence.windows ?? [];
  const warned = warnedOf(record);
  const tested = windows.length === 0 ? 'the days above' : `${day(windows[0]!.testStart)} to ${day(windows.at(-1)!.testEnd - 1)}`;
  return html`<section><h2>Limits</h2><ul>
<li>Every figure is of simulated trading on past data (${tested}), under the cost model of the study. Fills, fees and the effect of one's own orders may be worse.</li>
<li>A market may change on any day. After ${decision.expiresAt?.slice(0, 10) ?? 'its expiry'} the evidence is too old: judge the model again on newer days.</li>
<li>The policy that is served is that of the first seed and the last fold, fixed beforehand. The other seeds show how much a training by itself varies, and none of them is what you serve.</li>
<li>Only these symbols, bar lengths and sessions were tested. Nothing is shown about others.</li>
${warned.length === 0 ? html`` : html`<li>Warnings that did not stop the promotion: ${warned.join(', ')}.</li>`}
</ul></section>`;
}

/** Source, program, evidence and record by their hashes. */
export function codeSection({ record, decision }: CardContent): Html {
  const { code, policyHash } = record;
  const rows: readonly (readonly [string, string | null])[] = [
    ['record', `${decision.sequence}, ${decision.hash}`],
    ['signed by', decision.signer ?? 'unsigned'],
    ['evidence bundle', decision.bundleHash],
    ['policy', policyHash],
    ['study source', `${code.module.url}, ${code.module.sourceHash}`],
    ['packages', code.module.packagesHash],
    ['commit', code.gitCommit === null ? null : `${code.gitCommit}${code.gitDirty ? ', with changes' : ''}`],
    ['lock file', code.lockfileHash],
    ['Node', code.node],
  ];
  return html`<section><h2>Provenance</h2>
<p>Check them: <code>assay model verify --recompute</code>.</p>
${table(
  ['What', 'Hash'],
  rows.map(([what, hash]) => [what, html`<code>${hash ?? 'not recorded'}</code>`]),
)}</section>`;
}
