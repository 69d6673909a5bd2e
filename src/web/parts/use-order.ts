import { useRef } from 'preact/hooks';
import { newKey, order } from '../data/orders.ts';

/** Sends an order with one key for each thing that is wanted: the same body again is the same wish, another body another one. */
export function useOrder(): (address: string, body: object, ifMatch?: string) => Promise<unknown> {
  const sent = useRef<{ readonly wish: string; readonly key: string } | null>(null);
  return (address, body, ifMatch) => {
    const wish = JSON.stringify([address, body]);
    if (sent.current?.wish !== wish) sent.current = { wish, key: newKey() };
    return order(address, body, { key: sent.current.key, ifMatch });
  };
}
