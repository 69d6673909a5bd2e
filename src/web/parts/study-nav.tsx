import type { VNode } from 'preact';
import { place } from '../app/router.ts';
import './study-nav.css';

const tabs = [
  ['', 'Overview'],
  ['/trials', 'Trials'],
  ['/analysis', 'Analysis'],
  ['/curves', 'Curves'],
  ['/timeline', 'Timeline'],
  ['/validation', 'Validation'],
] as const;

/** The pages of a study. */
export function StudyNav({ study }: { readonly study: string }): VNode {
  const { path } = place.value;
  const home = `/studies/${encodeURIComponent(study)}`;
  return (
    <nav class="study-nav" aria-label={`Pages of ${study}`}>
      <ul>
        {tabs.map(([tail, title]) => (
          <li key={tail}>
            <a href={home + tail} aria-current={path === home + tail ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
