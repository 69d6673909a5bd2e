/** Reads one key of an address. `read` returns null for a text that it cannot use; `write` returns null for what the address leaves out. */
export interface Field<Kept> {
  readonly absent: Kept;
  readonly read: (text: string) => Kept | null;
  readonly write: (kept: Kept) => string | null;
}

/** Any text; empty where it is absent. */
export function text(absent = ''): Field<string> {
  return { absent, read: (given) => given, write: (kept) => (kept === absent ? null : kept) };
}

/** One of some words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  absent: Words[number] = words[0],
): Field<Words[number]> {
  return { absent, read: (given) => words.find((word) => word === given) ?? null, write: (kept) => (kept === absent ? null : kept) };
}

/** Texts with commas between; a comma within one is written `\,`. `words`: only these. */
export function list<Word extends string = string>(words?: readonly Word[]): Field<readonly Word[]> {
  return {
    absent: [],
    read: (given) => {
      const parts = given === '' ? [] : (given.match(/(?:\\.|[^,\\])+/gs)?.map((part) => part.replace(/\\(.)/gs, '$1')) ?? []);
      return words === undefined || parts.every((part) => words.some((word) => word === part)) ? (parts as Word[]) : null;
    },
    write: (kept) => (kept.length === 0 ? null : kept.map((part) => part.replace(/[\\,]/g, '\\$&')).join(',')),
  };
}

/** A finite number, null where it is absent; `whole`: digits alone. */
export function number({ whole = false, low = -Infinity, high = Infinity } = {}): Field<number | null> {
  return {
    absent: null,
    read: (given) => {
      const kept = given.trim() === '' ? NaN : Number(given);
      return Number.isFinite(kept) && kept >= low && kept <= high && (!whole || Number.isInteger(kept)) ? kept : null;
    },
    write: (kept) => (kept === null ? null : String(kept)),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: any field whatever; ViewOf gives each its type back
type Fields = Readonly<Record<string, Field<any>>>;

type ViewOf<Given extends Fields> = {
  readonly [Name in keyof Given]: Given[Name] extends Field<infer Kept> ? Kept : never;
};

export interface Codec<View> {
  /** The view of an address, and a note for each value that could not be used. */
  readonly parse: (query: URLSearchParams) => { readonly view: View; readonly notes: readonly string[] };
  /** The query of a view; keys of `beside` that are not the codec's stay. Values that are as without it are left out. */
  readonly format: (view: View, beside?: URLSearchParams) => URLSearchParams;
}

/** Longest query of an address: what mail programs, proxies and logs still carry whole. */
export const longestQuery = 2000;

/** The state of a page that lives in its address, one field a key. */
export function defineCodec<const Given extends Fields>(fields: Given): Codec<ViewOf<Given>> {
  const entries = Object.entries(fields);
  return {
    parse: (query) => {
      const notes: string[] = [];
      const view = entries.map(([name, field]) => {
        const given = query.get(name);
        if (given === null) return [name, field.absent];
        const kept = field.read(given);
        if (kept === null) notes.push(`${name}=${given} cannot be used here and was left out`);
        return [name, kept ?? field.absent];
      });
      return { view: Object.fromEntries(view) as ViewOf<Given>, notes };
    },
    format: (view, beside) => {
      const query = new URLSearchParams(beside);
      for (const [name, field] of entries) {
        const written = field.write(view[name as keyof ViewOf<Given>]);
        if (written === null) query.delete(name);
        else query.set(name, written);
      }
      return query;
    },
  };
}
