import { messageOf } from '../../core/errors.ts';
import { holdingOf } from '../broker/books.ts';
import type { NewOrder } from '../broker/orders.ts';
import { reducibleLots } from './exposure.ts';
import type { RiskLimits } from './limits.ts';
import { type DenialCode, orderChecks } from './order-checks.ts';
import type { OrderFacts, Purpose } from './order-facts.ts';

export type RiskVerdict =
  | { readonly allow: true; readonly purpose: Purpose }
  | { readonly allow: false; readonly code: DenialCode; readonly because: string };

/**
 * Decides whether an order may be sent. Every order passes here before it leaves, in all drivers. Total and closed: whatever it is given it
 * answers and never throws, and what cannot be computed is denied. Times are nanoseconds, prices ticks, money micro-dollars.
 *
 * @example
 * ```ts
 * const verdict = checkOrder(order, facts, limits);
 * if (!verdict.allow) deny(verdict.code, verdict.because);
 * ```
 */
export function checkOrder(order: NewOrder, facts: OrderFacts, limits: RiskLimits): RiskVerdict {
  try {
    const purpose = purposeOf(order, facts);
    if (purpose === null) return { allow: false, code: 'not-computable', because: 'it is not known who sends the order' };
    for (const { code, of, fault } of orderChecks) {
      const because = of.includes(purpose) ? fault(order, facts, limits) : null;
      if (because !== null) return { allow: false, code, because };
    }
    return { allow: true, purpose };
  } catch (error) {
    return { allow: false, code: 'not-computable', because: messageOf(error) };
  }
}

function purposeOf({ symbol, side, lots }: NewOrder, { by, books, open }: OrderFacts): Purpose | null {
  if (by === 'liquidator') return 'liquidation';
  if (by !== 'strategy') return null;
  return lots <= reducibleLots(holdingOf(books, symbol).lots, open, symbol, side) ? 'reducing' : 'opening';
}
