/** Largest step that can be reported: the database stores steps as 32-bit integers. */
export const largestStep = 2 ** 31 - 1;
