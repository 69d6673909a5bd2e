/** A cell as RFC 4180 has it: quoted where it holds what separates cells and lines. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
