/** Sizes in px that all pictures share. */

/** Letters of a title and of everything else. */
export const size = { title: 15, text: 12 } as const;

/** From the picture's edge to what it shows. */
export const edge = 16;

/** From line to line of text. */
export const lineHeight = 18;
