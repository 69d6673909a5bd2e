/**
 * Order flow of one level between two states of a book (Cont, Kukanov and Stoikov, The Price Impact of Order Book Events, 2014, equation 4):
 * what the bid gained less what it lost, less the same of the ask. A pair with an undefined (NaN) price counts 0.
 */
export function eventFlow(
  bidPrice0: number,
  bidSize0: number,
  askPrice0: number,
  askSize0: number,
  bidPrice: number,
  bidSize: number,
  askPrice: number,
  askSize: number,
): number {
  if (Number.isNaN(bidPrice0 + askPrice0 + bidPrice + askPrice)) return 0;
  return (
    (bidPrice >= bidPrice0 ? bidSize : 0) -
    (bidPrice <= bidPrice0 ? bidSize0 : 0) -
    (askPrice <= askPrice0 ? askSize : 0) +
    (askPrice >= askPrice0 ? askSize0 : 0)
  );
}

/**
 * Distance of the microprice (the mean of bid and ask weighted by the opposite sizes) from the mid, in the unit of the spread: (bid size /
 * both sizes - 1/2) * spread. Positive where more is bid than offered.
 */
export function micropriceDeviation(bidSize: number, askSize: number, spread: number): number {
  return (bidSize / (bidSize + askSize) - 0.5) * spread;
}
