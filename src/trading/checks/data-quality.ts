import { z } from 'zod';
import type { SharedTable } from '../../core/table.ts';
import { type QualityReport, qualityReportSchema } from '../../market/quality.ts';
import type { DataFault, DataQualityCheck } from '../../search/study/checks.ts';

/** Counts of a quality report that are bars which cannot be right. */
const faultKinds = ['badOhlc', 'badVolume', 'duplicates', 'huge', 'jumps', 'outOfOrder', 'outsideSession'] as const;

const metaSchema = z.object({ quality: z.array(qualityReportSchema) });

/**
 * What the quality reports of a data set say, all symbols together. A table without reports has unknown quality: NaN missing bars, which no
 * gate passes.
 */
export function dataQualityOf({ name, rows, meta }: Pick<SharedTable, 'name' | 'rows' | 'meta'>): DataQualityCheck {
  const parsed = metaSchema.safeParse(meta);
  if (!parsed.success) return { bars: rows, missingBars: Number.NaN, faults: [] };
  const { quality } = parsed.data;
  return {
    bars: quality.reduce((sum, report) => sum + report.rows, 0),
    missingBars: quality.reduce((sum, report) => sum + missingBars(report), 0),
    faults: quality.flatMap((report) => faultsOf(report, `${name} ${report.symbol}`)),
  };
}

/**
 * Bars missing between others of their session, and those of absent sessions, which count as full ones (NaN: a report from before these
 * were counted).
 */
function missingBars({ gaps, absentSessions, barsPerSession }: QualityReport): number {
  return gaps.missingBars + (absentSessions === undefined ? Number.NaN : absentSessions.count * barsPerSession.expected);
}

function faultsOf(report: QualityReport, place: string): readonly DataFault[] {
  return faultKinds.flatMap((kind) => {
    const count = report[kind] ?? 0;
    return count === 0 ? [] : [{ kind, count, place }];
  });
}
