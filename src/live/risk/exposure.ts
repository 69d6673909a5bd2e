import { isWorking, type OrderState } from '../broker/order-states.ts';
import { type Side, signOf } from '../broker/orders.ts';

/** What is open of an order that was sent. */
export interface OpenLots {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leftLots: number;
  readonly state: OrderState;
}

/**
 * Lots that still work in a direction: whatever may be filled, a cancel that is not confirmed included. NaN where an order's lots are no
 * whole number.
 */
export function workingLots(open: readonly OpenLots[], symbol: string, side: Side): number {
  let lots = 0;
  for (const one of open) {
    if (one.symbol !== symbol || one.side !== side || !isWorking(one.state)) continue;
    if (!(Number.isSafeInteger(one.leftLots) && one.leftLots >= 0)) return Number.NaN;
    lots += one.leftLots;
  }
  return lots;
}

/**
 * Lots that an order of this side may have and still only reduce: the position where it is of the other side, less what works against it
 * already, so that no sequence of fills changes the position's side. NaN where the position is not known.
 */
export function reducibleLots(position: number, open: readonly OpenLots[], symbol: string, side: Side): number {
  if (!Number.isSafeInteger(position)) return Number.NaN;
  return Math.max(0, -signOf(side) * position) - workingLots(open, symbol, side);
}

/** Lots held in a direction if every working order of that direction were filled and none of the other; NaN where it cannot be told. */
export function worstLots(position: number, open: readonly OpenLots[], symbol: string, side: Side): number {
  if (!Number.isSafeInteger(position)) return Number.NaN;
  return signOf(side) * position + workingLots(open, symbol, side);
}
