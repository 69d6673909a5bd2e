import { AssayError } from '../core/errors.ts';
import type { Session, SessionCalendar } from './calendars/calendar.ts';
import type { RolledBars } from './rolls.ts';
import { sessionOfBar } from './sessions.ts';
import type { BarStream } from './stream.ts';

/** Columns that say the contract of each bar. */
const contractColumns = ['contract', 'previousOpen'] as const;

/**
 * The contracts of a future whose bars name theirs, as an exported data set does: the column `contract` holds numbers of names, `previousOpen`
 * the old contract's open on the first bar of a new one. A symbol without a name is returned without the two columns, and without contracts.
 * @param nameOf the name that a number stands for.
 * @param rule by which the contracts followed one another, where the file says it.
 * @throws AssayError `data_invalid` for bars without a name among others, a contract that changes inside a session or comes back, and a
 * `previousOpen` elsewhere than at a change.
 */
export function labelledContracts(
  stream: BarStream,
  calendar: SessionCalendar,
  { nameOf, rule = 'given', place }: { readonly nameOf: (number: number) => string; readonly rule?: string; readonly place: string },
): { readonly stream: BarStream; readonly contracts: RolledBars['contracts'] | null } {
  const numbers: number[] = [];
  const rolls: RolledBars['contracts']['rolls'] = [];
  let [named, nameless] = [0, 0];
  let last: Session | null = null;
  for (const { time, extra } of stream.blocks()) {
    const [contract, previousOpen] = contractColumns.map((name) => extra[name]!) as [Float64Array, Float64Array];
    for (let row = 0; row < time.length; row++) {
      const number = contract[row]!;
      if (Number.isNaN(number)) {
        nameless++;
        continue;
      }
      named++;
      const session = sessionOfBar(calendar, time[row]!);
      const isFirst = numbers.at(-1) !== number;
      const fault = (what: string): AssayError => faultAt(what, time[row]!, place);
      if (isFirst) {
        if (numbers.includes(number)) throw fault(`the contract ${nameOf(number)} comes back`);
        if (numbers.length > 0 && session !== null && session.openMs === last?.openMs)
          throw fault(`the contract changes to ${nameOf(number)} inside a session`);
        if (numbers.length > 0) rolls.push({ date: session?.date ?? '', from: nameOf(numbers.at(-1)!), to: nameOf(number) });
        numbers.push(number);
      }
      if (!Number.isNaN(previousOpen[row]!) && (!isFirst || numbers.length === 1))
        throw fault('an open of the contract before stands where no contract begins');
      last = session;
    }
  }
  const names = numbers.map(nameOf);
  if (named === 0) return { stream: withoutContracts(stream), contracts: null };
  if (nameless > 0)
    throw new AssayError('data_invalid', `${nameless} of ${nameless + named} bars of ${stream.symbol} name no contract`, {
      place,
      hint: 'fill the column contract in every line, or rename it: then it is left out',
    });
  const index = new Map(numbers.map((number, i) => [number, i]));
  return {
    contracts: { names, rule, rolls },
    stream: {
      ...stream,
      *blocks() {
        for (const block of stream.blocks()) {
          const contract = block.extra['contract']!.map((number) => index.get(number)!);
          yield { ...block, extra: { ...block.extra, contract } };
        }
      },
    },
  };
}

export function hasContractColumns({ extra }: BarStream): boolean {
  return contractColumns.every((name) => extra.includes(name));
}

function withoutContracts(stream: BarStream): BarStream {
  const extra = stream.extra.filter((name) => !(contractColumns as readonly string[]).includes(name));
  return {
    ...stream,
    extra,
    *blocks() {
      for (const block of stream.blocks()) yield { ...block, extra: Object.fromEntries(extra.map((name) => [name, block.extra[name]!])) };
    },
  };
}

function faultAt(what: string, timeMs: number, place: string): AssayError {
  return new AssayError('data_invalid', `${what} at ${new Date(timeMs).toISOString()}`, {
    place: `${place}, columns contract and previousOpen`,
    hint: 'they are read as an export writes them: correct them, or rename them in the file so that they are left out',
  });
}
