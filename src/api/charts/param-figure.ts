import type { FlatParam } from '../../search/space/compile.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';
import type { ChartAxis } from '../routes/charts/common.ts';
import { axisOf, mostParamsOf, paramColumn, paramsOf } from './axis.ts';
import { type ChartFigure, type ChartSource, drawFigure, type FigureDrawing } from './figure.ts';

export interface ParamDrawing extends FigureDrawing {
  /** Of the parameters that were asked for, in that order; their columns are among the further ones. */
  readonly axes: readonly ChartAxis[];
}

/** Parameters by their names (undefined: all, of very many the first), and the part of the query that names them. */
export interface ParamsAsked {
  readonly names: readonly string[] | undefined;
  readonly place?: string;
}

/** As {@link drawFigure} of complete trials, with the columns and axes of parameters. @throws AssayError `usage` for an unknown one, too */
export function drawParams<Result>(
  source: ChartSource,
  study: string,
  query: ChartFigure,
  { names, place }: ParamsAsked,
  draw: (drawing: ParamDrawing) => Result,
): Promise<Result> {
  const asked = (row: StudyRow): readonly FlatParam[] => {
    const params = paramsOf(row, names, place);
    return names === undefined ? params.slice(0, mostParamsOf(row)) : params;
  };
  return drawFigure(
    source,
    study,
    query,
    ['complete'],
    (row) => asked(row).map((param) => paramColumn(row, param)),
    (drawing) => draw({ ...drawing, axes: asked(drawing.study).map(axisOf) }),
  );
}
