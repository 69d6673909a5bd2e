import type { VNode } from 'preact';
import type { ReportDocument } from '../../cli/report/document.ts';
import { utc } from '../../plot/format.ts';
import { ErrorBoundary } from '../parts/panel.tsx';
import { StudyReport } from './study-report.tsx';
import { TrialReport } from './trial-report.tsx';
import './report.css';

/** The file as a whole: of what it is, when and by what it was made, and the figures. */
export function Report({ report: { study, trial, madeAt, version } }: { readonly report: ReportDocument }): VNode {
  return (
    <div class="report">
      <header class="report-head">
        <span class="report-mark">
          <span class="report-square" aria-hidden="true" />
          assay
        </span>
        <span class="muted">
          made {utc(madeAt)} by assay {version}; a copy that does not change
        </span>
      </header>
      <main>
        <h1>{trial === null ? study : `${study}#${trial}`}</h1>
        <ErrorBoundary title="This report">
          <div class="stack">
            {trial !== null && <TrialReport study={study} trial={trial} />}
            <StudyReport study={study} whole={trial === null} />
          </div>
        </ErrorBoundary>
      </main>
    </div>
  );
}
