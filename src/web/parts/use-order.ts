import { useMemo } from 'preact/hooks';
import { createWishes, type SendWish } from '../data/orders.ts';

/** Sends orders with one key for each thing that a person wants, as long as the caller is shown. */
export const useOrder = (): SendWish => useMemo(() => createWishes(), []);
