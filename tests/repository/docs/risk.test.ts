import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causeNames, ruleOf } from '../../../src/live/risk/causes.ts';
import { readLimits, riskLimits } from '../../../src/live/risk/limits.ts';
import { denialCodes, orderChecks } from '../../../src/live/risk/order-checks.ts';
import { purposes } from '../../../src/live/risk/order-facts.ts';

/** docs/live.md says of risk what the code does. */
const lines = readFileSync(new URL('../../../docs/live.md', import.meta.url), 'utf8').split('\n');

test('every limit stands there with its default', () => {
  const defaults: Readonly<Record<string, number>> = readLimits();
  const rows = Object.entries(riskLimits.shape).map(
    ([name, schema]) => `| \`${name}\` | ${defaults[name]} | ${schema.meta()?.description} |`,
  );
  expect(lines.slice(lines.indexOf(rows[0]!), lines.indexOf(rows[0]!) + rows.length)).toEqual(rows);
});

test('every cause stands there with its state and who ends it', () => {
  const rows = causeNames.map((cause) => {
    const { state, flattens, lift } = ruleOf(cause);
    return `| \`${cause}\` | ${state} | ${flattens ? 'yes' : '-'} | \`${lift}\` |`;
  });
  expect(lines.slice(lines.indexOf(rows[0]!), lines.indexOf(rows[0]!) + rows.length)).toEqual(rows);
});

test('every denial stands there with the orders that it is of', () => {
  const head = lines.indexOf('| denial | of opening | reducing | liquidation | when |');
  const table = lines.slice(head + 2, lines.indexOf('', head)).map((line) => line.split(' | '));
  const stated = new Map(table.flatMap(([codes, ...of]) => [...codes!.matchAll(/`([a-z-]+)`/g)].map(([, code]) => [code!, of] as const)));
  expect([...stated.keys()].sort()).toEqual([...denialCodes].sort());
  for (const code of denialCodes) {
    if (code === 'not-computable') continue;
    const of = new Set(orderChecks.filter((check) => check.code === code).flatMap((check) => check.of));
    // A reduction passes the rule that only reductions do.
    if (code === 'reducing-only') of.delete('reducing');
    expect(
      purposes.map((_, i) => stated.get(code)![i] !== '-'),
      code,
    ).toEqual(purposes.map((purpose) => of.has(purpose)));
  }
});
