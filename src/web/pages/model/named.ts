import type { z } from '@hono/zod-openapi';
import type { decisionSchema } from '../../../api/routes/models.ts';

export type Decision = z.output<typeof decisionSchema>;

/**
 * The version that a rollback of an alias would return to: the one that it named before, by the records alone. Null: there is none.
 * @param records of the model, newest first, all of them
 */
export function versionBefore(records: readonly Decision[], alias: string): number | null {
  const named: number[] = [];
  for (const { kind, version, alias: of } of [...records].reverse()) {
    if (of !== alias || version === null) continue;
    if (kind === 'rollback') named.pop();
    else if (named.at(-1) !== version) named.push(version);
  }
  return named.at(-2) ?? null;
}
