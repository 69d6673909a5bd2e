import type { VNode } from 'preact';

/** What a page gets: the named parts of its address. Its query it reads through its own codec. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}

export interface Page {
  readonly pattern: string;
  /** Title of the window and of the page's `h1`. */
  readonly title: (params: Readonly<Record<string, string>>) => string;
  /** Loaded when the page is first shown: a chunk of its own. */
  readonly load: () => Promise<{ readonly default: (props: PageProps) => VNode }>;
}

/** Every page, one entry for each folder of `pages`. */
export const pages: readonly Page[] = [
  { pattern: '/', title: () => 'Studies', load: () => import('../pages/studies/page.tsx') },
  { pattern: '/studies/:study', title: ({ study }) => study!, load: () => import('../pages/study/page.tsx') },
  {
    pattern: '/studies/:study/trials/:number',
    title: ({ study, number }) => `${study}#${number}`,
    load: () => import('../pages/trial/page.tsx'),
  },
  { pattern: '/studies/:study/trials', title: ({ study }) => `Trials of ${study}`, load: () => import('../pages/trials/page.tsx') },
  { pattern: '/studies/:study/analysis', title: ({ study }) => `Analysis of ${study}`, load: () => import('../pages/analysis/page.tsx') },
  { pattern: '/studies/:study/curves', title: ({ study }) => `Curves of ${study}`, load: () => import('../pages/curves/page.tsx') },
  { pattern: '/studies/:study/timeline', title: ({ study }) => `Timeline of ${study}`, load: () => import('../pages/timeline/page.tsx') },
  {
    pattern: '/studies/:study/validation',
    title: ({ study }) => `Validation of ${study}`,
    load: () => import('../pages/validation/page.tsx'),
  },
  { pattern: '/models', title: () => 'Models', load: () => import('../pages/models/page.tsx') },
  { pattern: '/models/:model', title: ({ model }) => model!, load: () => import('../pages/model/page.tsx') },
  { pattern: '/compare', title: () => 'Compare studies', load: () => import('../pages/compare/page.tsx') },
  { pattern: '/data', title: () => 'Data sets', load: () => import('../pages/data/page.tsx') },
];
