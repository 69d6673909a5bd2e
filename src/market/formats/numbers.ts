/** How numbers are written. */
export interface NumberFormat {
  /** The decimal separator. */
  readonly decimal: '.' | ',';
  /** True if the other separator may group thousands: "1,234.5". Spaces and apostrophes always may. */
  readonly groups: boolean;
}

const [plus, minus, zero, nine] = [43, 45, 48, 57];
/** Most digits of a whole number that a double holds exactly, whatever they are. */
const exactDigits = 15;
/** Powers of ten that a double holds exactly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const spaced = /^[+-]?\d{1,3}(?:[ '\u00a0\u202f\u2019]\d{3})+(?:\.\d*)?$/;
const grouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;

/**
 * The number that a field holds, rounded to the nearest double; NaN if it holds none. A quotient of two exactly known doubles is rounded
 * once, so up to 15 digits need no text (Clinger 1990, the fast case).
 */
export function numberAt(bytes: Buffer, start: number, end: number, format: NumberFormat): number {
  const point = format.decimal === '.' ? 46 : 44;
  let at = start;
  const first = bytes[at];
  if (first === minus || first === plus) at++;
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === point && decimals < 0) decimals = 0;
    else return numberIn(bytes.toString('utf8', start, end), format);
  }
  if (digits === 0 || digits > exactDigits) return numberIn(bytes.toString('utf8', start, end), format);
  const value = decimals > 0 ? mantissa / powersOfTen[decimals]! : mantissa;
  return first === minus ? -value : value;
}

/** The number of a text, as {@link numberAt}. */
export function numberIn(text: string, { decimal, groups }: NumberFormat): number {
  const pointed = decimal === '.' ? text : text.replaceAll(/[.,]/g, (mark) => (mark === ',' ? '.' : ','));
  if (plain.test(pointed)) return Number(pointed);
  if (spaced.test(pointed)) return Number(pointed.replaceAll(/[ '\u00a0\u202f\u2019]/g, ''));
  if (groups && grouped.test(pointed)) return Number(pointed.replaceAll(',', ''));
  return Number.NaN;
}

/** The price of a whole number of 1e-9, as Databento and DBN write it; NaN if the field is no whole number. */
export function fixedPointAt(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  return /^-?\d+$/.test(text) ? Number(`${text}e-9`) : Number.NaN;
}

/** What the numbers of a file may be written with, seen in some of its prices. */
export function numberFormatOf(prices: readonly string[], declared: 'point' | 'comma' | undefined): NumberFormat {
  if (declared === 'comma') return { decimal: ',', groups: true };
  // A comma between digits is a decimal comma or a group: points elsewhere in the prices tell.
  return { decimal: '.', groups: declared === 'point' || prices.some((price) => /\.\d/.test(price)) };
}
