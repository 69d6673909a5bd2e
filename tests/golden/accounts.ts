import { alignedBars } from '../../src/market/bars.ts';
import { crypto } from '../../src/market/calendars/around-the-clock.ts';
import { createAccounts, openAccount } from '../../src/trading/env/account.ts';
import { advance } from '../../src/trading/env/advance.ts';
import { environmentOptions } from '../../src/trading/env/options.ts';
import { tradingRules } from '../../src/trading/env/rules.ts';
import { unitLimit } from '../../src/trading/env/units.ts';
import { tradeTerms } from '../../src/trading/rewards/shaping.ts';

interface FuturesCase {
  readonly name: string;
  readonly instrument: {
    readonly symbol: string;
    readonly multiplier: number;
    readonly tick: number;
    readonly feePerSide: number;
    readonly initialMargin: number;
    readonly maintenanceMargin: number;
  };
  readonly capital: number;
  readonly slipTicks: number;
  readonly marginUse: number;
  readonly maxContracts: number;
  readonly deadBand: number;
  readonly actions: readonly number[];
  /** Open, close, contract; at a roll also the old contract's open. */
  readonly bars: readonly (readonly [open: number, close: number, contract: string, previousOpen?: number])[];
  readonly steps: readonly {
    readonly cap: number;
    readonly contracts: number;
    readonly gain: number;
    readonly cost: number;
    readonly nav: number;
    readonly maintenanceShort: boolean;
  }[];
}

interface ShapingCase {
  readonly value: number;
  readonly winBonus: number;
  readonly lossPenalty: number;
  readonly holdDiscipline: number;
  readonly minimumBars: number;
  readonly cap: number;
  readonly terms: readonly {
    readonly netPnl: number;
    readonly bars: number;
    readonly win: number;
    readonly loss: number;
    readonly hold: number;
    readonly total: number;
  }[];
}

export interface AccountsGolden {
  readonly futures?: readonly FuturesCase[];
  readonly shaping?: ShapingCase;
}

const tolerance = 1e-8;

/** Carries an account over each golden tape, and computes the shaping of each golden trade; returns the disagreements. */
export function checkAccounts({ futures = [], shaping }: AccountsGolden): readonly string[] {
  return [...futures.flatMap(checkFutures), ...(shaping === undefined ? [] : checkShaping(shaping))];
}

function checkFutures(golden: FuturesCase): readonly string[] {
  const { instrument, actions, steps } = golden;
  const { symbol, ...terms } = instrument;
  const config = environmentOptions.parse({
    capital: golden.capital,
    sizing: 'margin',
    marginUse: golden.marginUse,
    deadBand: golden.deadBand,
    maxDrawdown: 1,
    costs: { model: 'contract', slippageTicks: golden.slipTicks },
    instruments: { [symbol]: { unit: 'contract', ...terms, maxUnits: golden.maxContracts } },
  });
  const rules = tradingRules(tapeOf(symbol, golden.bars), config);
  const units = rules.units!;
  const a = createAccounts(1, 1, { inUnits: true });
  openAccount(a, 0, golden.capital);
  const faults: string[] = [];
  for (const [row, wanted] of steps.entries()) {
    const cap = unitLimit(units, 0, a.nav[0]!);
    advance(a, 0, row, Float64Array.of(actions[row]!), false, rules);
    const seen = {
      cap,
      contracts: a.shares[0]!,
      gain: a.stepGain[0]!,
      cost: a.stepCost[0]!,
      nav: a.nav[0]!,
      maintenanceShort: a.marginCall[0] === 1,
    };
    for (const [key, value] of Object.entries(wanted)) {
      const ours = seen[key as keyof typeof seen];
      if (!(Math.abs(Number(ours) - Number(value)) <= tolerance)) faults.push(`${golden.name}, step ${row}: ${key} ${ours}, not ${value}`);
    }
  }
  return faults;
}

function tapeOf(symbol: string, bars: FuturesCase['bars']) {
  const column = (of: (bar: FuturesCase['bars'][number], row: number) => number) => Float64Array.from(bars, of);
  const names = [...new Set(bars.map(([, , contract]) => contract))];
  return alignedBars({
    symbols: [symbol],
    time: column((_, row) => row * 60_000),
    session: column(() => 0),
    barMs: 60_000,
    calendar: crypto,
    bars: [
      {
        open: column(([open]) => open),
        high: column(([open, close]) => Math.max(open, close)),
        low: column(([open, close]) => Math.min(open, close)),
        close: column(([, close]) => close),
        volume: column(() => 1),
      },
    ],
    contracts: [
      {
        names,
        index: column(([, , contract]) => names.indexOf(contract)),
        previousOpen: column(([, , , previousOpen = Number.NaN]) => previousOpen),
      },
    ],
  });
}

function checkShaping({ terms, value, ...coefficients }: ShapingCase): readonly string[] {
  return terms.flatMap(({ netPnl, bars, ...wanted }, i) => {
    const { win, loss, hold } = tradeTerms(coefficients, { netPnl, value, bars });
    const seen = { win, loss, hold, total: win - loss - hold };
    return Object.entries(wanted).flatMap(([name, expected]) =>
      Math.abs(seen[name as keyof typeof seen] - expected) <= tolerance
        ? []
        : [`trade ${i}: ${name} ${seen[name as keyof typeof seen]}, not ${expected}`],
    );
  });
}
