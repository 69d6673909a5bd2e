import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorBoundary } from '../parts/panel.tsx';
import { match, place } from './router.ts';
import { type Page, type PageProps, pages } from './routes.ts';

/** The frame of every page: navigation, the page of the present address, and what is said where there is none. */
export function App(): VNode {
  const { path } = place.value;
  for (const page of pages) {
    const params = match(page.pattern, path);
    if (params !== null)
      return (
        <main>
          <h1 tabIndex={-1}>{page.title(params)}</h1>
          <ErrorBoundary key={path} title="This page">
            <Loaded page={page} params={params} />
          </ErrorBoundary>
        </main>
      );
  }
  return (
    <main>
      <h1>There is no page here</h1>
      <p>
        <a href="/">The list of studies</a>
      </p>
    </main>
  );
}

/** A page once its code has come. */
function Loaded({ page, params }: { readonly page: Page; readonly params: PageProps['params'] }): VNode | null {
  const [View, setView] = useState<{ readonly of: Page; readonly draw: (props: PageProps) => VNode } | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    let wanted = true;
    page
      .load()
      .then((loaded) => wanted && setView({ of: page, draw: loaded.default }))
      .catch((error: unknown) => wanted && setFailure(error instanceof Error ? error : new Error(String(error))));
    return () => {
      wanted = false;
    };
  }, [page]);
  if (failure !== null) throw failure;
  if (View === null || View.of !== page) return null;
  return <View.draw params={params} />;
}
