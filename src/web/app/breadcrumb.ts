export interface Crumb {
  readonly text: string;
  /** Null: the page itself. */
  readonly href: string | null;
}

const words: Readonly<Record<string, string>> = {
  analysis: 'Analysis',
  compare: 'Compare',
  curves: 'Curves',
  data: 'Data',
  models: 'Models',
  studies: 'Studies',
  timeline: 'Timeline',
  trials: 'Trials',
  validation: 'Validation',
};

/** The way from the root to a page: `/studies/a/trials/3` is Studies, a, Trials, #3. */
export function breadcrumb(path: string): readonly Crumb[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) return [{ text: 'Studies', href: null }];
  return parts.map((part, i) => {
    const href = parts[i] === 'studies' && i === 0 ? '/' : `/${parts.slice(0, i + 1).join('/')}`;
    const isName = i === 1 && (parts[0] === 'studies' || parts[0] === 'models');
    const isNumber = parts[i - 1] === 'trials' && i === 3;
    const text = isName ? nameOf(part) : isNumber ? `#${part}` : (words[part] ?? nameOf(part));
    return { text, href: i === parts.length - 1 ? null : href };
  });
}

function nameOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
