import type { SharedTable } from '../core/table.ts';

/** Loads each data set once per process: threads share its memory. A load that failed is tried again. */
export function oncePerName(load: (name: string) => SharedTable): (name: string) => Promise<SharedTable> {
  const tables = new Map<string, SharedTable>();
  return async (name) => {
    const table = tables.get(name) ?? load(name);
    tables.set(name, table);
    return table;
  };
}
