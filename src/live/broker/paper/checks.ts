import { isoTime } from '../../iso-time.ts';
import { msOf, nsOf } from '../../nanoseconds.ts';
import type { NewOrder, RejectCode } from '../orders.ts';
import type { PaperOptions } from './config.ts';
import type { TradingPlace } from './place.ts';
import { isAtLeast } from './working-order.ts';

export interface Refusal {
  readonly code: RejectCode;
  readonly because: string;
}

function refused(code: RejectCode, because: string): Refusal {
  return { code, because };
}

/** What is wrong with an order in itself, whatever the market does; null: nothing. */
export function formFault({ lots, kind, timeInForce }: NewOrder, { matching }: PaperOptions): Refusal | null {
  if (!(Number.isSafeInteger(lots) && lots > 0)) return refused('lot', `${lots} is no whole, positive number of lots`);
  const price = kind.type === 'limit' ? kind.limitTicks : kind.type === 'stop' ? kind.stopTicks : null;
  if (price !== null && !(price > 0)) return refused('price', `a price of ${price} ticks is not positive`);
  if (price !== null && !Number.isSafeInteger(price)) return refused('tick', `${price} is no whole number of ticks`);
  if (matching === 'quotes' && kind.type === 'close') return refused('kind', 'where quotes are traded no order fills at a close');
  if (matching === 'bars' && (timeInForce === 'ioc' || timeInForce === 'fok'))
    return refused('kind', `on bars there is no instant for the time in force ${timeInForce}`);
  return null;
}

/** Why a place does not take an order now; null: it does. */
export function placeFault(order: NewOrder, place: TradingPlace, now: bigint, options: PaperOptions): Refusal | null {
  const { lastTradeMs } = place.terms;
  if (lastTradeMs !== null && msOf(now) >= lastTradeMs)
    return refused('expired-contract', `${order.symbol} was traded for the last time at ${isoTime(lastTradeMs)}`);
  if (order.kind.type === 'close') return place.lastBar === null ? refused('no-quote', 'no bar has ended yet') : null;
  if (place.sessionAt(now) === null) return refused('closed', `${order.symbol} is not traded at this hour`);
  if (place.halted) return refused('halted', `trading of ${order.symbol} is halted`);
  return options.matching === 'bars' ? null : quoteFault(order, place, now, options);
}

/** Why what is displayed does not allow an order; limits and stops wait for a quote, market orders do not. */
function quoteFault({ symbol, side, kind }: NewOrder, place: TradingPlace, now: bigint, options: PaperOptions): Refusal | null {
  if (kind.type === 'stop') return null;
  const best = place.opposite(side).best;
  const isQuoted = place.isSound && place.quotedAt !== null && best !== null;
  if (kind.type === 'market') {
    if (!isQuoted) return refused('no-quote', `no sound quote of ${symbol} is displayed`);
    const age = now - place.quotedAt!;
    if (age > nsOf(options.staleMs)) return refused('stale', `the quote of ${symbol} is ${Number(age) / 1e6} ms old`);
  }
  const asked = kind.type === 'limit' ? kind.limitTicks : best?.ticks;
  const collar = collarOf(side, place, options.collarTicks);
  if (asked === undefined || collar === null || isAtLeast(side, asked, collar)) return null;
  return refused('collar', `${asked} ticks is beyond ${collar}, ${options.collarTicks} ticks from the last trade`);
}

/** The worst price that an order may be filled at now; null where there is neither a trade nor a sound quote. */
export function collarOf(side: NewOrder['side'], place: TradingPlace, collarTicks: number): number | null {
  const from = place.lastTrade ?? (place.isSound ? place.opposite(side).best!.ticks : null);
  return from === null ? null : from + (side === 'buy' ? collarTicks : -collarTicks);
}
