import { z } from 'zod';
import { AssayError } from '../core/errors.ts';
import type { Session, SessionCalendar } from './calendars/calendar.ts';
import { dateOfDay, dayOfDate } from './calendars/dates.ts';
import { type Contract, thirdFriday } from './contracts.ts';
import { sessionOfBar } from './sessions.ts';
import { type BarBlock, type BarStream, filterBlock } from './stream.ts';

/** The change from one contract to the next, at the open of a session. */
export const rollSchema = z.strictObject({
  /** Trading date of the first session in the new contract. */
  date: z.string(),
  from: z.string(),
  to: z.string(),
});

type Roll = z.infer<typeof rollSchema>;

/** When one contract follows another. */
export type RollRule =
  /** So many sessions before the third Friday of the delivery month; 4: on the Monday before it, as is the exchange's custom. */
  | { readonly kind: 'calendar'; readonly sessions: number }
  /** In the session after the first one in which the next contract had more volume; never back. */
  | { readonly kind: 'volume' }
  /** From a list: the contract of each session from a date on. */
  | { readonly kind: 'given'; readonly rolls: readonly { readonly date: string; readonly to: string }[] };

export const defaultRoll: RollRule = { kind: 'calendar', sessions: 4 };

/** Reads `calendar:4`, `volume` or a list, `2023-12-11=NQH4,2024-03-11=NQM4`. @throws AssayError `usage` for another text. */
export function parseRollRule(text: string): RollRule {
  if (text === 'volume') return { kind: 'volume' };
  const sessions = /^calendar:(\d{1,2})$/.exec(text)?.[1];
  if (sessions !== undefined) return { kind: 'calendar', sessions: Number(sessions) };
  const rolls = text.split(',').map((part) => /^(\d{4}-\d\d-\d\d)=([A-Z0-9]+)$/.exec(part));
  if (rolls.every((parts) => parts !== null)) {
    for (const parts of rolls) dayOfDate(parts[1]!);
    return { kind: 'given', rolls: rolls.map((parts) => ({ date: parts[1]!, to: parts[2]! })) };
  }
  throw new AssayError('usage', `${JSON.stringify(text)} is no rule for rolls`, {
    hint: 'write calendar:4 (sessions before the third Friday), volume, or dates with contracts: 2023-12-11=NQH4',
  });
}

export function rollRuleText(rule: RollRule): string {
  return rule.kind === 'calendar' ? `calendar:${rule.sessions}` : rule.kind;
}

/** The bars of one contract. */
export interface ContractBars {
  readonly contract: Contract;
  readonly stream: BarStream;
}

/** One future's bars over several contracts: unadjusted prices, and the columns `contract` and `previousOpen` beside the others. */
export interface RolledBars {
  readonly stream: BarStream;
  readonly contracts: { names: string[]; rule: string; rolls: Roll[] };
}

/**
 * Joins the bars of a future's contracts to one series that changes contract only where a session begins. Prices are not adjusted: the
 * difference of the contracts is no return. On the first bar of a contract, `previousOpen` is the old contract's open at that time, at
 * which a position is rolled; NaN elsewhere, and where the old contract has no bar then.
 * @throws AssayError `data_invalid` for contracts that are not of one product with the same columns, and for a list that names others.
 */
export function rollContracts(
  symbol: string,
  bars: readonly ContractBars[],
  calendar: SessionCalendar,
  rule: RollRule = defaultRoll,
): RolledBars {
  const sorted = [...bars].sort((a, b) => a.contract.year - b.contract.year || a.contract.month - b.contract.month);
  checkContracts(sorted);
  const volumes = sorted.map(({ stream }) => sessionVolumes(stream, calendar));
  const rolls = rollsOf(sorted, volumes, calendar, rule);
  const names = [...new Set([rolls.first, ...rolls.list.map((roll) => roll.to)])];
  const parts = names.map((name, index) => ({
    stream: sorted.find(({ contract }) => contract.name === name)!.stream,
    from: index === 0 ? '' : rolls.list[index - 1]!.date,
    until: rolls.list[index]?.date ?? null,
  }));
  const extra = sorted[0]!.stream.extra;
  return {
    contracts: { names, rule: rollRuleText(rule), rolls: [...rolls.list] },
    stream: {
      symbol,
      extra: [...extra, 'contract', 'previousOpen'],
      blocks: function* () {
        for (const [index, part] of parts.entries()) {
          let isFirst = index > 0;
          for (const block of part.stream.blocks()) {
            const kept = filterBlock(block, (row) => {
              const date = sessionOfBar(calendar, block.time[row]!)?.date;
              return date !== undefined && date >= part.from && (part.until === null || date < part.until);
            });
            const n = kept.time.length;
            if (n === 0) continue;
            const previousOpen = new Float64Array(n).fill(Number.NaN);
            if (isFirst) previousOpen[0] = openAt(parts[index - 1]!.stream, kept.time[0]!);
            isFirst = false;
            yield { ...kept, extra: { ...kept.extra, contract: new Float64Array(n).fill(index), previousOpen } } satisfies BarBlock;
          }
        }
      },
    },
  };
}

function checkContracts(sorted: readonly ContractBars[]): void {
  const [first] = sorted;
  if (first === undefined) throw new AssayError('usage', 'no contract to roll');
  for (const { contract, stream } of sorted.slice(1)) {
    if (contract.root !== first.contract.root)
      throw new AssayError('data_invalid', `${first.contract.name} and ${contract.name} are contracts of different products`, {
        hint: 'import each product under a symbol of its own',
      });
    if (stream.extra.join() !== first.stream.extra.join())
      throw new AssayError('data_invalid', `${first.contract.name} and ${contract.name} have different columns`);
  }
  const names = sorted.map(({ contract }) => contract.name);
  if (new Set(names).size < names.length) throw new AssayError('data_invalid', `a contract is named twice: ${names.join(', ')}`);
}

/** Volume of each session by trading date, in time order. */
function sessionVolumes(stream: BarStream, calendar: SessionCalendar): Map<string, number> {
  const volumes = new Map<string, number>();
  let last: Session | null = null;
  let sum = 0;
  for (const { time, volume } of stream.blocks())
    for (let row = 0; row < time.length; row++) {
      const session = sessionOfBar(calendar, time[row]!);
      if (session === null) continue;
      if (session !== last) sum = 0;
      sum += volume[row]!;
      last = session;
      volumes.set(session.date, sum);
    }
  return volumes;
}

/** The contract of the first session, and the change to each later one. */
function rollsOf(
  sorted: readonly ContractBars[],
  volumes: readonly ReadonlyMap<string, number>[],
  calendar: SessionCalendar,
  rule: RollRule,
): { readonly first: string; readonly list: readonly Roll[] } {
  const names = sorted.map(({ contract }) => contract.name);
  const dates = [...new Set(volumes.flatMap((one) => [...one.keys()]))].sort();
  const wantedAt = wantedBy(rule, sorted, volumes, calendar);
  const list: Roll[] = [];
  let first: number | null = null;
  let current = 0;
  const withBars = (from: number, date: string): number => {
    const index = volumes.findIndex((one, k) => k >= from && one.has(date));
    return index === -1 ? from : index;
  };
  for (const [k, date] of dates.entries()) {
    // A contract is used only from its first bars on and up to its last, and never an earlier one again.
    const isOver = first !== null && date > [...volumes[current]!.keys()].at(-1)!;
    const wanted = Math.max(current, isOver ? withBars(current + 1, date) : wantedAt(date, k === 0 ? null : dates[k - 1]!, current));
    if (first === null) {
      current = withBars(wanted, date);
      first = current;
    } else if (wanted !== current && volumes[wanted]?.has(date) === true) {
      list.push({ date, from: names[current]!, to: names[wanted]! });
      current = wanted;
    }
  }
  return { first: names[first ?? 0]!, list };
}

/** For a session, the one before it and the index of the contract then, the index of the contract that the rule wants. */
function wantedBy(
  rule: RollRule,
  sorted: readonly ContractBars[],
  volumes: readonly ReadonlyMap<string, number>[],
  calendar: SessionCalendar,
): (date: string, before: string | null, current: number) => number {
  const last = sorted.length - 1;
  if (rule.kind === 'volume')
    return (_, before, current) => {
      const volumeOf = (k: number): number => (before === null ? 0 : (volumes[k]?.get(before) ?? 0));
      return current < last && volumeOf(current + 1) > volumeOf(current) ? current + 1 : current;
    };
  if (rule.kind === 'calendar') {
    if (!calendar.knowsClose)
      throw new AssayError(
        'config_invalid',
        `the rule ${rollRuleText(rule)} counts sessions, and the calendar ${calendar.id} has none of its own`,
        {
          hint: 'name the calendar of the market, or roll by volume',
        },
      );
    const ends = sorted.map(({ contract }) => rollDay(contract, rule.sessions, calendar));
    return (date) => {
      const index = ends.findIndex((isBefore) => isBefore(date));
      return index === -1 ? last : index;
    };
  }
  const listed = [...rule.rolls].sort((a, b) => (a.date < b.date ? -1 : 1));
  const indices = listed.map(({ to }) => sorted.findIndex(({ contract }) => contract.name === to));
  const unknown = indices.indexOf(-1);
  if (unknown !== -1)
    throw new AssayError('data_invalid', `the list of rolls names ${listed[unknown]!.to}, of which there are no bars`, {
      hint: `there are: ${sorted.map(({ contract }) => contract.name).join(', ')}`,
    });
  return (date) => {
    const k = listed.findLastIndex((roll) => roll.date <= date);
    return k === -1 ? 0 : indices[k]!;
  };
}

/** Tells whether a trading date lies before the day that is n sessions before a contract's third Friday. */
function rollDay(contract: Contract, n: number, calendar: SessionCalendar): (date: string) => boolean {
  const friday = thirdFriday(contract);
  // Dates that are long before need no sessions, which the calendar may not have yet for that year.
  const longBefore = dateOfDay(dayOfDate(friday) - 2 * n - 14);
  let end: string | undefined;
  return (date) => {
    if (date < longBefore) return true;
    end ??= sessionsBefore(friday, n, calendar);
    return date < end;
  };
}

/** The trading date that lies n sessions before a date. */
function sessionsBefore(date: string, n: number, calendar: SessionCalendar): string {
  let day = dayOfDate(date);
  for (let left = n; left > 0; ) {
    day--;
    if (calendar.sessionOf(dateOfDay(day)) !== null) left--;
  }
  return dateOfDay(day);
}

function openAt(stream: BarStream, timeMs: number): number {
  for (const { time, open } of stream.blocks()) {
    if (time.at(-1)! < timeMs) continue;
    const row = time.indexOf(timeMs);
    return row === -1 ? Number.NaN : open[row]!;
  }
  return Number.NaN;
}
