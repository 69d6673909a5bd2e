import { type Accounts, createAccounts, openAccount, resetPeak } from '../../trading/env/account.ts';
import { advance } from '../../trading/env/advance.ts';
import { restoreArrays, type StateArray, saveArrays } from '../../trading/env/env-state.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { type TradingRules, tradingRules } from '../../trading/env/rules.ts';
import type { CompleteRow } from './bar-gate.ts';
import type { AccountStep } from './events.ts';
import { type WindowFacts, windowOf } from './window.ts';

/** A decision that waits for the bar that it is filled in. */
export interface Pending {
  readonly decidedMs: number;
  readonly action: readonly number[];
}

/** The last step, kept until it is certain that its bar was not the session's last. */
interface LastStep {
  readonly pending: Pending;
  readonly before: CompleteRow;
  readonly row: CompleteRow;
  readonly closes: boolean;
  /** The account before it, as base64 texts. */
  readonly books: Readonly<Record<string, string>>;
}

export interface EnvironmentAccountState {
  readonly books: Readonly<Record<string, string>>;
  readonly last: LastStep | null;
}

/**
 * The account of an environment on bars that arrive: the code of training and backtest, on the last two bars. Deviates in nothing, so a walk
 * and an engine have the same bits.
 */
export interface EnvironmentAccount {
  readonly accounts: Accounts;
  /** Fills a decision at the open of `row` and marks the account at its close. */
  readonly step: (pending: Pending, before: CompleteRow, row: CompleteRow, closes: boolean) => AccountStep;
  /** The last step again as its session's last one; null: it was, or there is none since the session began. */
  readonly closeLast: () => AccountStep | null;
  /** The last step is final. */
  readonly keepLast: () => void;
  readonly save: () => EnvironmentAccountState;
}

export function createEnvironmentAccount(
  facts: WindowFacts,
  environment: EnvironmentConfig,
  saved?: EnvironmentAccountState,
): EnvironmentAccount {
  const assets = facts.symbols.length;
  const accounts = createAccounts(1, assets, { latencyBars: environment.latencyBars, inUnits: environment.sizing !== 'weights' });
  openAccount(accounts, 0, environment.capital);
  const { assets: _, ...arrays } = accounts;
  let last: LastStep | null = null;
  if (saved !== undefined) {
    restoreArrays(arrays, fromText(saved.books));
    last = saved.last;
  }
  let filled: readonly number[] = [];
  const onFill = (): void => {
    filled = [...accounts.shares];
  };

  const take = (pending: Pending, before: CompleteRow, row: CompleteRow, closes: boolean, revised: boolean): AccountStep => {
    const books = asText(arrays);
    const navBefore = accounts.nav[0]!;
    const rules: TradingRules = tradingRules(windowOf(facts, before, row), environment, { onFill });
    const ended = advance(accounts, 0, 0, Float32Array.from(pending.action), closes, rules);
    if (ended) resetPeak(accounts, 0);
    last = { pending, before, row, closes, books };
    return {
      ...pending,
      shares: filled,
      cost: accounts.stepCost[0]!,
      traded: accounts.stepTraded[0]!,
      navBefore,
      nav: accounts.nav[0]!,
      ended,
      closes,
      revised,
    };
  };

  return {
    accounts,
    step: (pending, before, row, closes) => take(pending, before, row, closes, false),
    closeLast: () => {
      if (last === null || last.closes) return null;
      const { pending, before, row, books } = last;
      restoreArrays(arrays, fromText(books));
      return take(pending, before, row, true, true);
    },
    keepLast: () => {
      last = null;
    },
    save: () => ({ books: asText(arrays), last }),
  };
}

function asText(arrays: Readonly<Record<string, StateArray>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(saveArrays(arrays)).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

function fromText(texts: Readonly<Record<string, string>>): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Uint8Array.from(Buffer.from(text, 'base64'))]));
}
