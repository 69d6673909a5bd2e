/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Part[];

/** HTML from a template: every value is escaped, but one that is {@link Html} itself. Lists are joined. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(texts.map((text, i) => text + (i < values.length ? inner(values[i]!) : '')).join(''));
}

function inner(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(inner).join('');
  return escaped(String(part));
}

/** Safe in texts and in attributes with either kind of quotes. Characters that HTML forbids become U+FFFD. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (each) => entities[each]!).replace(/[^\P{Cc}\n\t]|\p{Cs}/gu, '\uFFFD');
}

/** A table that scrolls by itself where the page is narrow. The first column heads its row. */
export function table(titles: readonly string[], rows: readonly (readonly Part[])[]): Html {
  const cells = (row: readonly Part[]) => row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`));
  return html`<div class="scroll"><table><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody></table></div>`;
}
