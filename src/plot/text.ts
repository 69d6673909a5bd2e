/** Texts of a picture, where nothing can measure them. */

/** Letters count as this share of their height: that of the widest usual font. */
const letterWidth = 0.6;
/** Width in px of a text of this height in px. */
export const widthOf = (text: string, height: number): number => letterWidth * height * Array.from(text).length;

/** The text, or its beginning with an ellipsis, where it would be wider. */
export function cut(text: string, width: number, height: number): string {
  const most = Math.max(1, Math.floor(width / (letterWidth * height)));
  const letters = Array.from(text);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

/** Broken at blanks; a word that is longer than a line is cut. */
export function wrapped(text: string, width: number, height: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer, height) <= width) lines[lines.length - 1] = longer;
    else lines.push(cut(word, width, height));
  }
  return lines;
}
