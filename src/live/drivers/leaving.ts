import { isWorking } from '../broker/order-states.ts';
import type { OrderSideState } from '../engine/order-side.ts';

/** True once the wish to sell everything is in force, nothing is held, and no order works that could change that. */
export function hasLeft({ account, guard, liquidation }: OrderSideState): boolean {
  const isAskedFor = guard.risk.causes.some(({ cause }) => cause === 'operator-flatten');
  const isFlat = Object.values(account.books.holdings).every(({ lots }) => lots === 0);
  return isAskedFor && isFlat && liquidation === null && !account.orders.some(({ progress }) => isWorking(progress.state));
}
