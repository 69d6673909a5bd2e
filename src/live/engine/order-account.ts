import { type Accounts, createAccounts, openAccount, resetPeak } from '../../trading/env/account.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { tradingRules } from '../../trading/env/rules.ts';
import { isShortOfMargin, orderUnits } from '../../trading/env/units.ts';
import { type Books, booked, holdingOf, navMicros, openBooks } from '../broker/books.ts';
import { clientOrderId } from '../broker/client-order-id.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import { microsOf, microsPerDollar, ticksOf } from '../broker/micros.ts';
import { isWorking, newProgress, type OrderProgress, transition } from '../broker/order-states.ts';
import { type BrokerEvent, type NewOrder, type OrderKind, signOf } from '../broker/orders.ts';
import { triggerOf } from '../broker/report-trigger.ts';
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
  readonly quotes: Readonly<Record<string, { readonly bidTicks: number; readonly askTicks: number }>>;
}

/**
 * An account at a broker: what it holds is the fold over its fills and nothing else. Sizes orders with the code of the environment, in whole
 * lots.
 */
export interface OrderAccount {
  readonly accounts: Accounts;
  /** Marks the account at the end of a bar; the drawdown limit is broken where this says so. */
  readonly mark: (row: CompleteRow) => { readonly effects: readonly Effect[]; readonly broken: boolean };
  /** Orders that lead from what is held and under way to what an action wants. */
  readonly decided: (action: Float32Array, row: CompleteRow) => readonly Effect[];
  /** Orders that lead to nothing held. */
  readonly flatten: (barEndMs: number, kind: 'market' | 'close') => readonly Effect[];
  readonly hear: (event: BrokerEvent) => readonly Effect[];
  readonly quote: (symbol: string, bidTicks: number, askTicks: number) => void;
  /** What each asset is traded as now: its contract, or its symbol. */
  readonly traded: () => readonly string[];
  readonly save: () => OrderAccountState;
}

export function createOrderAccount(
  run: string,
  facts: WindowFacts,
  environment: EnvironmentConfig,
  terms: readonly LotTerms[],
  saved?: OrderAccountState,
): OrderAccount {
  const assets = facts.symbols.length;
  const accounts = createAccounts(1, assets, { inUnits: true });
  openAccount(accounts, 0, environment.capital);
  let books = saved?.books ?? openBooks(microsOf(environment.capital, 'the capital'));
  if (saved !== undefined) accounts.peak[0] = saved.peak;
  const sent = new Map((saved?.orders ?? []).map((one) => [one.order.id, one]));
  const quotes = new Map(Object.entries(saved?.quotes ?? {}));
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

  const submit = (k: number, lots: number, barEndMs: number, kind: OrderKind): Effect => {
    const symbol = traded[k]!;
    let n = 0;
    while (sent.has(clientOrderId(run, barEndMs, symbol, n))) n++;
    const order: NewOrder = {
      id: clientOrderId(run, barEndMs, symbol, n),
      symbol,
      side: lots > 0 ? 'buy' : 'sell',
      lots: Math.abs(lots),
      kind,
      timeInForce: 'day',
    };
    sent.set(order.id, { order, progress: transition(newProgress(order.lots), { trigger: 'submit' }).order });
    return { kind: 'submit', order, barEndMs };
  };

  const rulesOf = (row: CompleteRow) => tradingRules(windowOf(facts, null, row), withoutCosts(environment));

  return {
    accounts,
    mark: (row) => {
      row.bars.forEach(({ contract }, k) => {
        if (contract === undefined || heldOf(k) !== 0) return;
        traded[k] = contract;
        assetOf.set(contract, k);
      });
      const markOf = (symbol: string, lots: number): number => {
        const quote = quotes.get(symbol);
        if (quote !== undefined) return lots > 0 ? quote.bidTicks : quote.askTicks;
        return ticksOf(row.bars[assetOf.get(symbol)!]!.close, termsOf(symbol).tick);
      };
      const nav = navMicros(books, (symbol) => termsOf(symbol).tickMicros, markOf);
      for (let k = 0; k < assets; k++) accounts.shares[k] = heldOf(k);
      accounts.nav[0] = nav / microsPerDollar;
      const effects: Effect[] = [
        { kind: 'nav', barEndMs: row.startMs + facts.barMs, navMicros: nav, lots: facts.symbols.map((_, k) => heldOf(k)) },
      ];
      const broken = accounts.nav[0] < accounts.peak[0]! * (1 - environment.maxDrawdown) || nav <= 0;
      if (accounts.nav[0] > accounts.peak[0]!) resetPeak(accounts, 0);
      return { effects, broken };
    },
    decided: (action, row) => {
      const rules = rulesOf(row);
      const units = rules.units!;
      const barEndMs = row.startMs + facts.barMs;
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
      for (let k = 0; k < assets; k++) {
        const lots = accounts.orders[k]! - heldOf(k) - underWay(traded[k]!);
        if (lots !== 0) effects.push(submit(k, lots, barEndMs, { type: 'market' }));
      }
      return effects;
    },
    flatten: (barEndMs, kind) =>
      facts.symbols.flatMap((_, k) => {
        const lots = -heldOf(k) - underWay(traded[k]!);
        return lots === 0 ? [] : [submit(k, lots, barEndMs, { type: kind })];
      }),
    hear: ({ orderId, report }) => {
      const known = sent.get(orderId);
      if (known === undefined)
        return [
          { kind: 'incident', code: 'foreign-order', because: `the broker reports ${report.kind} of ${orderId}, which was not sent here` },
        ];
      const { order: progress, outcome } = transition(known.progress, triggerOf(report));
      sent.set(orderId, { ...known, progress });
      const effects: Effect[] = [];
      if (report.kind === 'fill' && outcome !== 'repeated') books = booked(books, report, termsOf(report.symbol).tickMicros);
      if (outcome === 'overfill')
        effects.push({
          kind: 'incident',
          code: 'overfill',
          because: `${progress.filledLots} of ${progress.lots} lots of ${orderId} were filled`,
        });
      if (report.kind === 'rejected')
        effects.push({ kind: 'incident', code: 'order-rejected', because: `${report.code}: ${report.because}` });
      return effects;
    },
    quote: (symbol, bidTicks, askTicks) => void quotes.set(symbol, { bidTicks, askTicks }),
    traded: () => traded,
    save: () => ({
      books,
      orders: [...sent.values()],
      peak: accounts.peak[0]!,
      traded: [...traded],
      contracts: [...assetOf],
      quotes: Object.fromEntries(quotes),
    }),
  };
}

/** The environment's rules of sizing alone: what a broker charges is in its fills, and quotes have no column of spreads. */
export function withoutCosts(environment: EnvironmentConfig): EnvironmentConfig {
  return { ...environment, costs: { transactionBp: 0, impactBp: 0 } };
}
