import type { Brush, ParallelAxis } from './parallel-axes.ts';

/** A brush as texts of an address: `param:lr:0.001..0.01`. */
export function brushTexts(brush: Brush): readonly string[] {
  return Object.entries(brush).map(([field, [low, high]]) => `${field}:${low}..${high}`);
}

/** The brush of such texts; what is none is left out. */
export function brushOf(texts: readonly string[]): Brush {
  return Object.fromEntries(
    texts.flatMap((text) => {
      const found = /^(?<field>.+):(?<low>[-+.0-9eE]+?)\.\.(?<high>[-+.0-9eE]+)$/s.exec(text)?.groups;
      const [low, high] = [Number(found?.['low']), Number(found?.['high'])];
      return found === undefined || !(low <= high) ? [] : [[found['field']!, [low, high]] as const];
    }),
  );
}

/**
 * The same choice in the language of filters, for a table beside the chart. Several labels of a choice are written by what they are not,
 * which the language has no other words for; that also finds trials without the parameter.
 */
export function brushFilter(axes: readonly Pick<ParallelAxis, 'field' | 'labels'>[], brush: Brush): string {
  return axes
    .flatMap(({ field, labels }) => {
      const part = brush[field];
      if (part === undefined) return [];
      const name = quotedField(field);
      const [low, high] = part;
      if (labels === undefined) return [`${name}>=${low}`, `${name}<=${high}`];
      const within = labels.filter((_, i) => i >= low && i <= high);
      if (within.length === 1) return [`${name}=${literal(within[0]!)}`];
      return labels.filter((label) => !within.includes(label)).map((label) => `${name}!=${literal(label)}`);
    })
    .join(' and ');
}

/** `param:"max drawdown"`: a name with other characters than those of identifiers is quoted after its kind. */
function quotedField(field: string): string {
  const [kind, name] = field.includes(':') ? [`${field.slice(0, field.indexOf(':'))}:`, field.slice(field.indexOf(':') + 1)] : ['', field];
  return kind + (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
}

const literal = (label: string | number | boolean | null): string => (typeof label === 'string' ? JSON.stringify(label) : String(label));
