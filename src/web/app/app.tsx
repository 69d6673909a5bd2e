import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { asksToken } from '../data/server.ts';
import { ErrorBoundary } from '../parts/panel.tsx';
import { Frame } from './frame.tsx';
import { match, place } from './router.ts';
import { type Page, type PageProps, pages } from './routes.ts';
import { SignIn } from './sign-in.tsx';

interface Found {
  readonly page: Page;
  readonly params: PageProps['params'];
}

function pageAt(path: string): Found | null {
  for (const page of pages) {
    const params = match(page.pattern, path);
    if (params !== null) return { page, params };
  }
  return null;
}

/** The frame with the page of the present address, what is said where there is none, and the form for the token where the server asks for it. */
export function App(): VNode {
  const { path } = place.value;
  const found = pageAt(path);
  const title = found?.page.title(found.params) ?? 'There is no page here';
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    document.title = title === 'Studies' ? 'Assay' : `${title} · Assay`;
    // The focus follows to another page, but not onto the first one.
    if (shown.current !== null && shown.current !== path) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    shown.current = path;
  }, [path, title]);
  if (asksToken.value) return <SignIn />;
  return (
    <Frame>
      <main id="main" tabIndex={-1}>
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {found === null ? (
          <p>
            <a href="/">The list of studies</a>
          </p>
        ) : (
          <ErrorBoundary key={path} title="This page">
            <Loaded page={found.page} params={found.params} />
          </ErrorBoundary>
        )}
      </main>
    </Frame>
  );
}

/** A page once its code has come. */
function Loaded({ page, params }: Found): VNode {
  const [View, setView] = useState<{ readonly of: Page; readonly draw: (props: PageProps) => VNode } | null>(null);
  const [failed, setFailed] = useState<Page | null>(null);
  useEffect(() => {
    let wanted = true;
    page
      .load()
      .then((loaded) => wanted && setView({ of: page, draw: loaded.default }))
      .catch(() => wanted && setFailed(page));
    return () => {
      wanted = false;
    };
  }, [page]);
  if (failed === page)
    return (
      <div class="problem" role="alert">
        <p>The code of this page did not come: the server is away, or it was updated since this tab was opened.</p>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </div>
    );
  if (View === null || View.of !== page) return <div class="panel-skeleton" role="status" aria-label="The page is loading" />;
  return <View.draw params={params} />;
}
