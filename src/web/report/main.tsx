import { render } from 'preact';
import type { ReportDocument } from '../../cli/report/document.ts';
import { carry } from '../data/carried.ts';
import '../style/tokens.css';
import '../style/base.css';
import '../style/controls.css';
import '../style/content.css';
import { Report } from './report.tsx';
import { withoutLinks } from './without-links.ts';

const report = JSON.parse(document.getElementById('report')!.textContent!) as ReportDocument;
const app = document.getElementById('app')!;
carry(report);
withoutLinks(app);
render(<Report report={report} />, app);
