import type { Token } from '../palette.ts';

/** A character with its colour; null: that of the terminal. */
export interface Cell {
  text: string;
  colour: Token | null;
}

/** Bits of the eight dots of a braille character, by row and column (Unicode 15, chapter 21.1). */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const blank = 0x2800;

/** A field of characters: dots, two by four a character, and over them characters of their own. */
export interface Dots {
  readonly columns: number;
  readonly rows: number;
  /** In dots from the upper left corner; what lies outside is left out. */
  readonly dot: (x: number, y: number, colour: Token) => void;
  readonly line: (from: readonly [x: number, y: number], to: readonly [x: number, y: number], colour: Token) => void;
  readonly character: (column: number, row: number, text: string, colour: Token) => void;
  readonly cells: () => readonly (readonly Cell[])[];
}

export function createDots(columns: number, rows: number): Dots {
  const masks = new Uint8Array(columns * rows);
  const colours = new Array<Token | null>(columns * rows).fill(null);
  const texts = new Map<number, Cell>();
  const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < 2 * columns && y < 4 * rows;

  const dot = (x: number, y: number, colour: Token): void => {
    const [px, py] = [Math.round(x), Math.round(y)];
    if (!isInside(px, py)) return;
    const at = (py >> 2) * columns + (px >> 1);
    masks[at]! |= bits[py & 3]![px & 1]!;
    colours[at] = colour;
  };
  return {
    columns,
    rows,
    dot,
    line: ([x0, y0], [x1, y1], colour) => {
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
      for (let i = 0; i <= steps; i++) dot(x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps, colour);
    },
    character: (column, row, text, colour) => {
      if (column >= 0 && row >= 0 && column < columns && row < rows) texts.set(row * columns + column, { text, colour });
    },
    cells: () =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column): Cell => {
          const at = row * columns + column;
          const mask = masks[at]!;
          return (
            texts.get(at) ?? (mask === 0 ? { text: ' ', colour: null } : { text: String.fromCharCode(blank + mask), colour: colours[at]! })
          );
        }),
      ),
  };
}
