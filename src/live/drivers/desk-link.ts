import type { Broker } from '../broker/port/broker.ts';
import type { OrderDesk } from '../broker/port/order-desk.ts';
import type { PaperPort } from '../broker/port/paper-port.ts';
import type { BrokerSnapshot } from '../risk/liquidator.ts';
import type { BrokerLink } from './run-engine.ts';

/** A broker of a live run. One in this process also has to be told what the market does and what time it is. */
export type RunBroker = Broker & Partial<Pick<PaperPort, 'market' | 'advance'>> & { readonly close?: () => void };

export interface DeskLinkEvents {
  /** Is given the account of a broker elsewhere, which comes later; that of one in this process is answered at once. */
  readonly onAccount: (snapshot: BrokerSnapshot) => void;
  /** The time of what follows, in nanoseconds: that of an item of the feed, or of a timer between two of them. */
  readonly onTime: (now: bigint) => void;
}

/** Puts the order desk between an engine and a broker. */
export function deskLink(broker: RunBroker, desk: OrderDesk, { onAccount, onTime }: DeskLinkEvents): BrokerLink {
  const isHere = broker.advance !== undefined;
  const read = async (): Promise<BrokerSnapshot | null> => {
    const account = await desk.read();
    if (account === null) return null;
    return { askedAt: account.at, positions: account.positions, openOrders: account.openOrders.map((order) => order.clientOrderId) };
  };
  return {
    market: (record) => {
      onTime(record.time);
      broker.market?.(record);
      return desk.written();
    },
    submit: (order) => desk.submit(order),
    cancel: (id) => desk.cancel(id),
    advance: (now) => {
      onTime(now);
      broker.advance?.(now);
      desk.tick();
      return desk.written();
    },
    take: desk.take,
    account: () => {
      if (isHere) return read();
      void read().then((snapshot) => {
        if (snapshot !== null) onAccount(snapshot);
      });
      return null;
    },
  };
}
