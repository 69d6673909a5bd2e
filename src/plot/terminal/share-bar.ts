/** A bar of characters: full up to the lower end of an interval, shaded up to its upper end. @param low and high: shares of `width`, from 0 to 1 */
export function shareBar(low: number, high: number, width: number): string {
  const [sure, possible] = [Math.round(width * low), Math.round(width * high)];
  return '█'.repeat(Math.max(0, sure)) + '░'.repeat(Math.max(0, possible - sure));
}
