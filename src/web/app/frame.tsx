import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { utc } from '../../plot/format.ts';
import { answeredAt, connection, unreachableSince } from '../data/server.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { breadcrumb } from './breadcrumb.ts';
import { goal } from './go-to.ts';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';
import { go, match, place } from './router.ts';
import { pages } from './routes.ts';
import { StudyLive } from './study-live.tsx';
import { type Theme, theme, themes } from './theme.ts';
import './frame.css';

const rail: readonly (readonly [href: string, text: string, icon: IconName])[] = [
  ['/', 'Studies', 'studies'],
  ['/compare', 'Compare', 'compare'],
  ['/models', 'Models', 'models'],
  ['/data', 'Data', 'data'],
];

const studyTabs: readonly (readonly [page: string, text: string])[] = [
  ['', 'Overview'],
  ['/trials', 'Trials'],
  ['/analysis', 'Analysis'],
  ['/curves', 'Curves'],
  ['/timeline', 'Timeline'],
  ['/validation', 'Validation'],
];

/** What is around every page: ways to other pages, how the server stands, and the choices of the person. */
export function Frame({ children }: { readonly children: ComponentChildren }): VNode {
  const [helping, setHelping] = useState(false);
  const goTo = useRef<HTMLInputElement>(null);
  const { path } = place.value;
  useKeys({ '?': () => setHelping(true), 'g /': () => goTo.current?.focus() });
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <nav class="rail" aria-label="Main">
        <a class="rail-mark" href="/">
          <svg viewBox="0 0 16 16" width={20} height={20} aria-hidden="true">
            <rect x={2} y={2} width={12} height={12} rx={1.5} fill="currentColor" />
          </svg>
          <span class="rail-text">Assay</span>
        </a>
        {rail.map(([href, text, icon]) => (
          <a key={href} href={href} class="rail-link" title={text} aria-current={isWithin(path, href) ? 'page' : undefined}>
            <Icon name={icon} size={20} />
            <span class="rail-text">{text}</span>
          </a>
        ))}
      </nav>
      <header class="top">
        <nav class="crumbs" aria-label="Breadcrumb">
          <ol>
            {breadcrumb(path).map(({ text, href }) => (
              <li key={text}>{href === null ? <span aria-current="page">{text}</span> : <a href={href}>{text}</a>}</li>
            ))}
          </ol>
        </nav>
        <GoTo input={goTo} />
        <ConnectionDot />
        <ThemeSwitch />
        <button type="button" class="quiet" aria-label="Help and keys" title="Help and keys (?)" onClick={() => setHelping(true)}>
          <Icon name="help" />
        </button>
      </header>
      <Banner />
      <div class="page">
        <StudyTabs path={path} />
        {children}
      </div>
      <Help open={helping} onClose={() => setHelping(false)} />
    </div>
  );
}

const isWithin = (path: string, href: string): boolean =>
  href === '/' ? path === '/' || path.startsWith('/studies') : path === href || path.startsWith(`${href}/`);

/** The pages of the study that is open. */
function StudyTabs({ path }: { readonly path: string }): VNode | null {
  const found = match('/studies/:study', path.split('/').slice(0, 3).join('/'));
  if (found === null) return null;
  const base = `/studies/${encodeURIComponent(found['study']!)}`;
  const shown = studyTabs.filter(([page]) => pages.some(({ pattern }) => match(pattern, base + page) !== null));
  return (
    <nav class="tabs" aria-label="Pages of the study">
      <StudyLive key={base} study={found['study']!} />
      {shown.map(([page, text]) => {
        const here = page === '' ? path === base : path.startsWith(base + page);
        return (
          <a key={page} class="tab" href={base + page} aria-current={here ? 'page' : undefined}>
            {text}
          </a>
        );
      })}
    </nav>
  );
}

/** Takes a person to a written address: `study`, `study#42`, `model@3`; any other text searches the studies. */
function GoTo({ input }: { readonly input: { current: HTMLInputElement | null } }): VNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a search element is not known to every browser that the pages support
    <form
      class="go-to"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const field = input.current!;
        const text = field.value.trim();
        if (text === '') return;
        field.value = '';
        field.blur();
        go(goal(text) ?? `/?q=${encodeURIComponent(text)}`);
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Go to a study, trial or model"
        placeholder="study#42"
        autocomplete="off"
        spellcheck={false}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
    </form>
  );
}

function ConnectionDot(): VNode {
  const state = connection.value;
  return (
    <span class="connection" data-state={state}>
      <span class="connection-dot" aria-hidden="true" />
      <span aria-live="polite">{state}</span>
    </span>
  );
}

/** How long the server may be silent before a banner says so. */
const patienceMs = 3000;

/** Says that the server cannot be reached and of when the shown data are; goes by itself. */
function Banner(): VNode | null {
  const since = unreachableSince.value;
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (since === null) return undefined;
    const timer = setTimeout(() => setLate(true), Math.max(0, since + patienceMs - Date.now()));
    return () => clearTimeout(timer);
  }, [since]);
  if (since === null || !late) return null;
  const at = answeredAt.value;
  return (
    <p class="banner" role="status">
      The server cannot be reached. {at === null ? 'Nothing was loaded yet.' : `What you see is of ${utc(at)}.`} The page asks again by
      itself.
    </p>
  );
}

const themeText: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

function ThemeSwitch(): VNode {
  const chosen = theme.value;
  const next = themes[(themes.indexOf(chosen) + 1) % themes.length]!;
  return (
    <button
      type="button"
      class="quiet"
      aria-label={`Colours: ${themeText[chosen]}; change to ${themeText[next]}`}
      title={`Colours: ${themeText[chosen]}`}
      onClick={() => {
        theme.value = next;
      }}
    >
      <Icon name={chosen} />
    </button>
  );
}
