/** One measured thing, beside a peer where one ran on the same machine in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  /** Above 1 is better than the peer; null where none ran. */
  readonly ratio: number | null;
  /** In words; null where a number is only reported. */
  readonly goal: string | null;
  readonly met: boolean | null;
}

/** A number of ours alone, with at most one of the two limits as its goal. */
export function goalRow(
  name: string,
  unit: string,
  ours: number,
  { least, most }: { readonly least?: number; readonly most?: number },
): BenchRow {
  const goal = least !== undefined ? `>= ${least} ${unit}` : most !== undefined ? `<= ${most} ${unit}` : null;
  const met = least !== undefined ? ours >= least : most !== undefined ? ours <= most : null;
  return { name, unit, ours, peer: null, peerName: null, ratio: null, goal, met };
}

/** Adds the number of a peer, if one ran, and the ratio. */
export function withPeer(row: BenchRow, peerName: string, peer: number | null | undefined, better: 'more' | 'less'): BenchRow {
  if (peer === null || peer === undefined) return row;
  return { ...row, peer, peerName, ratio: better === 'more' ? row.ours / peer : peer / row.ours };
}

/** Prints rows as a table, or as JSON, and sets the exit code to 1 when a goal was missed. */
export function printRows(rows: readonly BenchRow[], json: boolean): void {
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
  if (json) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  const cells = rows.map(({ name, unit, ours, peer, peerName, ratio, goal, met }) => [
    name,
    `${shown(ours)} ${unit}`,
    peer === null ? '-' : `${shown(peer)} (${peerName})`,
    ratio === null ? '-' : `${ratio.toFixed(2)} x`,
    goal ?? '-',
    met === null ? '-' : met ? 'yes' : 'NO',
  ]);
  const table = [['what', 'ours', 'peer', 'ratio', 'goal', 'met'], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  for (const line of table) console.log(line.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
}

const shown = (x: number): string => (x >= 100 ? Math.round(x).toLocaleString('en') : x.toPrecision(3));
