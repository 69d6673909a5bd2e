import { type Accounts, createAccounts, openAccount, resetPeak } from '../../trading/env/account.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { tradingRules } from '../../trading/env/rules.ts';
import { isShortOfMargin, orderUnits } from '../../trading/env/units.ts';
import { type Books, booked, holdingOf, type MarkOf, navMicros, openBooks } from '../broker/books.ts';
import { clientOrderId } from '../broker/client-order-id.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import { microsOf, microsPerDollar, ticksOf } from '../broker/micros.ts';
import { isWorking, newProgress, type OrderProgress, transition } from '../broker/order-states.ts';
import { type BrokerEvent, type NewOrder, type OrderKind, signOf } from '../broker/orders.ts';
import { triggerOf } from '../broker/report-trigger.ts';
import type { OpenLots } from '../risk/exposure.ts';
import type { CompleteRow } from './bar-gate.ts';
import type { Effect } from './events.ts';
import { type WindowFacts, windowOf } from './window.ts';

interface SentOrder {
  readonly order: NewOrder;
  readonly progress: OrderProgress;
}

export interface OrderAccountState {
  readonly books: Books;
  readonly orders: readonly SentOrder[];
  readonly peak: number;
  readonly traded: readonly string[];
  readonly contracts: readonly (readonly [symbol: string, asset: number])[];
}

/** Best prices by symbol, in ticks; null: none was shown. */
type QuoteOf = (symbol: string) => { readonly bidTicks: number; readonly askTicks: number } | null;

/**
 * An account at a broker: what it holds is the fold over its fills and nothing else. Sizes orders with the code of the environment, in whole
 * lots. An order counts once it is placed, which only who has it checked does.
 */
export interface OrderAccount {
  readonly accounts: Accounts;
  /** Marks the account at the end of a bar. */
  readonly mark: (row: CompleteRow) => readonly Effect[];
  /** Orders that lead from what is held and under way to what an action wants. */
  readonly wanted: (
    action: Float32Array,
    row: CompleteRow,
  ) => { readonly orders: readonly NewOrder[]; readonly effects: readonly Effect[] };
  /** Orders that lead to nothing held, at the close of the bar that has just ended. */
  readonly closing: (barEndMs: number) => readonly NewOrder[];
  readonly place: (order: NewOrder) => void;
  /** An order is asked to end. */
  readonly cancel: (id: string) => void;
  /** Takes a report. `isNews`: it says something that was not known, which a repeated one does not. */
  readonly hear: (event: BrokerEvent) => { readonly isNews: boolean; readonly effects: readonly Effect[] };
  readonly books: () => Books;
  /** Orders that are not at their end. */
  readonly open: () => readonly OpenLots[];
  /** At the liquidation mark, in micro-dollars; null where something is held that no price of was seen. */
  readonly navMicros: (row: CompleteRow | null) => number | null;
  readonly maintenanceMicros: (row: CompleteRow | null) => number | null;
  /** What each asset is traded as now: its contract, or its symbol. */
  readonly traded: () => readonly string[];
  /** Null: not traded here. */
  readonly termsOf: (symbol: string) => LotTerms | null;
  readonly save: () => OrderAccountState;
}

export function createOrderAccount(
  run: string,
  facts: WindowFacts,
  environment: EnvironmentConfig,
  terms: readonly LotTerms[],
  quoteOf: QuoteOf,
  saved?: OrderAccountState,
): OrderAccount {
  const assets = facts.symbols.length;
  const accounts = createAccounts(1, assets, { inUnits: true });
  openAccount(accounts, 0, environment.capital);
  let books = saved?.books ?? openBooks(microsOf(environment.capital, 'the capital'));
  if (saved !== undefined) accounts.peak[0] = saved.peak;
  const sent = new Map((saved?.orders ?? []).map((one) => [one.order.id, one]));
  /** The contract that each asset is traded in now, and the asset of every contract so far. */
  const traded = [...(saved?.traded ?? facts.symbols)];
  const assetOf = new Map<string, number>(saved?.contracts ?? facts.symbols.map((symbol, k) => [symbol, k]));
  const termsOf = (symbol: string): LotTerms => terms[assetOf.get(symbol)!]!;
  const underWay = (symbol: string): number => {
    let lots = 0;
    for (const { order, progress } of sent.values())
      if (order.symbol === symbol && isWorking(progress.state)) lots += signOf(order.side) * (order.lots - progress.filledLots);
    return lots;
  };
  const heldOf = (k: number): number => holdingOf(books, traded[k]!).lots;

  const orderOf = (k: number, lots: number, barEndMs: number, kind: OrderKind): NewOrder => {
    const symbol = traded[k]!;
    let n = 0;
    while (sent.has(clientOrderId(run, barEndMs, symbol, n))) n++;
    return {
      id: clientOrderId(run, barEndMs, symbol, n),
      symbol,
      side: lots > 0 ? 'buy' : 'sell',
      lots: Math.abs(lots),
      kind,
      timeInForce: 'day',
    };
  };

  const markIn =
    (row: CompleteRow | null): MarkOf =>
    (symbol, lots) => {
      const quote = quoteOf(symbol);
      if (quote !== null) return lots > 0 ? quote.bidTicks : quote.askTicks;
      const bar = row?.bars[assetOf.get(symbol) ?? -1];
      return bar === undefined ? Number.NaN : ticksOf(bar.close, termsOf(symbol).tick);
    };
  const navIn = (row: CompleteRow | null): number => navMicros(books, (symbol) => termsOf(symbol).tickMicros, markIn(row));
  const rulesOf = (row: CompleteRow) => tradingRules(windowOf(facts, null, row), withoutCosts(environment));

  return {
    accounts,
    mark: (row) => {
      row.bars.forEach(({ contract }, k) => {
        if (contract === undefined || heldOf(k) !== 0) return;
        traded[k] = contract;
        assetOf.set(contract, k);
      });
      const nav = navIn(row);
      for (let k = 0; k < assets; k++) accounts.shares[k] = heldOf(k);
      accounts.nav[0] = nav / microsPerDollar;
      if (accounts.nav[0] > accounts.peak[0]!) resetPeak(accounts, 0);
      return [{ kind: 'nav', barEndMs: row.startMs + facts.barMs, navMicros: nav, lots: facts.symbols.map((_, k) => heldOf(k)) }];
    },
    wanted: (action, row) => {
      const rules = rulesOf(row);
      const units = rules.units!;
      const effects: Effect[] = [];
      orderUnits(accounts, 0, 1, action, rules, units);
      if (isShortOfMargin(accounts, 0, units)) {
        accounts.orders.fill(0);
        effects.push({
          kind: 'incident',
          code: 'margin-call',
          because: `a net asset value of ${accounts.nav[0]} is below the maintenance margin`,
        });
      }
      const orders = facts.symbols.flatMap((_, k) => {
        const lots = accounts.orders[k]! - heldOf(k) - underWay(traded[k]!);
        return lots === 0 ? [] : [orderOf(k, lots, row.startMs + facts.barMs, { type: 'market' })];
      });
      return { orders, effects };
    },
    closing: (barEndMs) =>
      facts.symbols.flatMap((_, k) => {
        const lots = -heldOf(k) - underWay(traded[k]!);
        return lots === 0 ? [] : [orderOf(k, lots, barEndMs, { type: 'close' })];
      }),
    place: (order) => {
      if (!sent.has(order.id)) sent.set(order.id, { order, progress: transition(newProgress(order.lots), { trigger: 'submit' }).order });
    },
    cancel: (id) => {
      const known = sent.get(id);
      if (known !== undefined) sent.set(id, { ...known, progress: transition(known.progress, { trigger: 'cancel' }).order });
    },
    hear: ({ orderId, report }) => {
      const known = sent.get(orderId);
      if (known === undefined) {
        const because = `the broker reports ${report.kind} of ${orderId}, which was not sent here`;
        return { isNews: true, effects: [{ kind: 'incident', code: 'foreign-order', because }] };
      }
      const { order: progress, outcome } = transition(known.progress, triggerOf(report));
      const isNews = outcome === 'changed' || outcome === 'overfill';
      sent.set(orderId, { ...known, progress });
      const effects: Effect[] = [];
      if (report.kind === 'fill' && isNews) books = booked(books, report, termsOf(report.symbol).tickMicros);
      if (outcome === 'overfill')
        effects.push({
          kind: 'incident',
          code: 'overfill',
          because: `${progress.filledLots} of ${progress.lots} lots of ${orderId} were filled`,
        });
      if (report.kind === 'rejected' && isNews)
        effects.push({ kind: 'incident', code: 'order-rejected', because: `${report.code}: ${report.because}` });
      return { isNews, effects };
    },
    books: () => books,
    open: () =>
      [...sent.values()]
        .filter(({ progress }) => isWorking(progress.state))
        .map(({ order: { id, symbol, side, lots }, progress: { state, filledLots } }) => ({
          id,
          symbol,
          side,
          leftLots: lots - filledLots,
          state,
        })),
    navMicros: (row) => {
      const nav = navIn(row);
      return Number.isSafeInteger(nav) ? nav : null;
    },
    maintenanceMicros: (row) => {
      let needed = 0;
      for (const [symbol, { lots }] of Object.entries(books.holdings)) {
        if (lots === 0) continue;
        const { maintenanceMarginMicros, tickMicros } = termsOf(symbol);
        // A share that is held is paid for; one that is owed has to be bought back.
        const lot = maintenanceMarginMicros ?? (lots > 0 ? 0 : Math.ceil(markIn(row)(symbol, lots) * tickMicros));
        needed += Math.abs(lots) * lot;
      }
      return Number.isSafeInteger(needed) ? needed : null;
    },
    traded: () => traded,
    termsOf: (symbol) => (assetOf.has(symbol) ? termsOf(symbol) : null),
    save: () => ({ books, orders: [...sent.values()], peak: accounts.peak[0]!, traded: [...traded], contracts: [...assetOf] }),
  };
}

/** The environment's rules of sizing alone: what a broker charges is in its fills, and quotes have no column of spreads. */
export function withoutCosts(environment: EnvironmentConfig): EnvironmentConfig {
  return { ...environment, costs: { transactionBp: 0, impactBp: 0 } };
}
