import { z } from 'zod';
import { recurrentPpoOptions } from '../../../src/trading/agents/recurrent-ppo/options.ts';
import { sacOptions } from '../../../src/trading/agents/sac/options.ts';
import { taskSettings } from '../../../src/trading/config/schema.ts';
import { shapingOptions } from '../../../src/trading/rewards/shaping.ts';
import { gateRules } from '../../../src/validation/gates/rules.ts';

/** The pages with tables of settings, and the names of their tables. */
export const pages: Readonly<Record<string, readonly string[]>> = {
  'configuration.md': ['task', 'sac', 'recurrent-ppo', 'gates'],
  'rewards.md': ['shaping'],
};

/** The tables, by the name in the comment before each, from the schemas themselves. */
const tables: Readonly<Record<string, string>> = {
  task: tableOf(taskSettings, 'needed'),
  sac: tableOf(sacOptions, 'needed'),
  'recurrent-ppo': tableOf(recurrentPpoOptions, 'needed'),
  gates: tableOf(gateRules, ''),
  shaping: tableOf(shapingOptions, 'needed'),
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

function tableOf(schema: z.ZodType, needed: string): string {
  const rows = rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '', needed);
  const [titles, columns] = needed === '' ? [['key', 'meaning', 'values'], 3] : [['key', 'meaning', 'values', 'default'], 4];
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.slice(0, columns).join(' | ')} |`).join('\n');
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
