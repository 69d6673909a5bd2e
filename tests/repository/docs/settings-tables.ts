import { z } from 'zod';
import type { Json } from '../../../src/core/json.ts';
import { trainerSettings } from '../../../src/interop/trainer/settings.ts';
import { recurrentPpoOptions } from '../../../src/trading/agents/recurrent-ppo/options.ts';
import { sacOptions } from '../../../src/trading/agents/sac/options.ts';
import { gatePolicyNames, loadGatePolicy } from '../../../src/trading/config/load.ts';
import { taskSettings } from '../../../src/trading/config/schema.ts';
import { shapingOptions } from '../../../src/trading/rewards/shaping.ts';
import { gates } from '../../../src/validation/gates/index.ts';
import { type GatePolicy, gatePolicySchema } from '../../../src/validation/gates/policy.ts';

/** The pages with tables of settings, and the names of their tables. */
export const pages: Readonly<Record<string, readonly string[]>> = {
  'configuration.md': ['task', 'sac', 'recurrent-ppo'],
  'gates.md': ['gate-policies', 'gates', 'gate-numbers', 'gate-policy-keys'],
  'rewards.md': ['shaping'],
  'trainers.md': ['trainer'],
};

/** The tables, by the name in the comment before each, from the schemas themselves. */
const tables: Readonly<Record<string, string>> = {
  task: tableOf(taskSettings, 'needed'),
  sac: tableOf(sacOptions, 'needed'),
  'recurrent-ppo': tableOf(recurrentPpoOptions, 'needed'),
  'gate-policies': policiesTable(),
  gates: linesOf(
    ['gate', 'what is observed', 'asked', 'source'],
    gates.map(({ id, asks, op, source }) => [`\`${id}\``, asks, op, source]),
  ),
  'gate-numbers': numbersTable(),
  'gate-policy-keys': tableOf(gatePolicySchema, '', 'gates'),
  shaping: tableOf(shapingOptions, 'needed'),
  trainer: tableOf(trainerSettings, 'needed'),
};

/** The page with every table as the schemas have it: what stands between `<!-- settings: name -->` and `<!-- end -->`. */
export function withTables(page: string, names: readonly string[]): string {
  const found: string[] = [];
  const printed = page.replace(/(<!-- settings: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin: string, name: string, end: string) => {
    found.push(name);
    return `${begin}\n${tables[name]!}\n\n${end}`;
  });
  if (found.join() !== names.join()) throw new Error(`the page has the tables ${found.join(', ')}, not ${names.join(', ')}`);
  return printed;
}

type Schema = z.core.JSONSchema.BaseSchema;

function linesOf(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function policiesTable(): string {
  return linesOf(
    ['gate policy', 'what it is for', 'promotes by itself'],
    policies().map(({ name, description, promotes }) => [`\`${name}\``, description, promotes ? 'yes' : 'no']),
  );
}

/** The platform's policies, the usual ones first. */
function policies(): readonly GatePolicy[] {
  const first = ['default', 'strict'];
  return [...first, ...gatePolicyNames().filter((name) => !first.includes(name))].map((name) => loadGatePolicy(name));
}

/** Each gate with its severity in every policy, and below it each of its numbers. */
function numbersTable(): string {
  const all = policies();
  const numberOf = (policy: GatePolicy, id: (typeof gates)[number]['id'], name: string): string => {
    const entry = policy.gates[id] as Readonly<Record<string, Json>> | undefined;
    return entry === undefined ? '' : sayValue(entry[name]);
  };
  return linesOf(
    ['gate', 'number', ...all.map(({ name }) => `\`${name}\``)],
    gates.flatMap(({ id, numbers }) => [
      [`\`${id}\``, '', ...all.map((policy) => numberOf(policy, id, 'severity'))],
      ...Object.entries(numbers.shape).map(([name, number]) => [
        '',
        `\`${name}\`: ${(number as z.ZodType).meta()?.description ?? ''}`,
        ...all.map((policy) => numberOf(policy, id, name)),
      ]),
    ]),
  );
}

/** Lists as in the file, without spaces. */
function sayValue(value: Json | undefined): string {
  return Array.isArray(value) ? value.map(sayValue).join(',') : typeof value === 'object' || value === undefined ? '' : String(value);
}

/** @param without a key of the schema that another table shows */
function tableOf(schema: z.ZodType, needed: string, without = ''): string {
  const rows = rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '', needed).filter(
    ([key]) => without === '' || !key!.startsWith(`\`${without}`),
  );
  const [titles, columns] = needed === '' ? [['key', 'meaning', 'values'], 3] : [['key', 'meaning', 'values', 'default'], 4];
  return linesOf(
    titles,
    rows.map((cells) => cells.slice(0, columns)),
  );
}

function rowsOf(schema: Schema, above: string, needed: string): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]): string[][] => {
    const of = property as Schema;
    const key = `${above}${name}`;
    const described = of.description === undefined ? [] : [of.description];
    const inner = innerOf(of);
    if (inner.length > 0)
      return [
        ...described.map((text) => [`\`${key}\``, text, '', shown(of.default, '')]),
        ...inner.flatMap(({ below, schema: part }) => rowsOf(part, `${key}${below}.`, above === '' ? needed : '')),
      ];
    return [[`\`${key}\``, described[0] ?? '', valuesOf(of), shown(of.default, required.has(name) ? needed : 'none')]];
  });
}

/** The objects that a value may be or hold: itself, one of several kinds, those of a list, or one for each name. */
function innerOf({ properties, oneOf, items, additionalProperties, ...schema }: Schema): readonly { below: string; schema: Schema }[] {
  if (properties !== undefined) return [{ below: '', schema: { ...schema, properties } }];
  if (oneOf !== undefined) return oneOf.map((one) => ({ below: '', schema: one as Schema }));
  const listed = items as Schema | undefined;
  if (listed?.properties !== undefined) return [{ below: '[]', schema: listed }];
  const each = typeof additionalProperties === 'object' ? (additionalProperties as Schema) : undefined;
  return each?.properties === undefined ? [] : [{ below: '.<symbol>', schema: each }];
}

function shown(value: unknown, missing: string): string {
  if (value === undefined) return missing;
  if (typeof value === 'string') return `\`${value}\``;
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'object') return Object.values(value as object).join(', ');
  return JSON.stringify(value);
}

/** What a value may be, in words. */
function valuesOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.const !== undefined) return schema.const === null ? 'Infinity' : `\`${String(schema.const)}\``;
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((one) => valuesOf(one as Schema)).filter(Boolean))].join(' or ');
  if (schema.type === 'boolean') return 'true, false';
  if (schema.type === 'string') return 'text';
  if (schema.type === 'array') return `list of ${valuesOf(schema.items as Schema)}`;
  return schema.type === 'integer' || schema.type === 'number' ? `${schema.type}${boundsOf(schema)}` : '';
}

function boundsOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): string {
  const known = (bound: number | undefined) => (bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined);
  const [from, above, to, below] = [minimum, exclusiveMinimum, maximum, exclusiveMaximum].map((bound) =>
    known(bound as number | undefined),
  );
  const low = from !== undefined ? ` from ${from}` : above !== undefined ? ` above ${above}` : '';
  const high = to !== undefined ? ` to ${to}` : below !== undefined ? ` below ${below}` : '';
  return low + high;
}
