export const plotKinds = ['history', 'importance', 'curves', 'equity'] as const;
export type PlotKind = (typeof plotKinds)[number];

export interface PlotAsked {
  readonly study: string;
  /** Null: the best one. Only equity is of one trial. */
  readonly trial: number | null;
  readonly metric?: string | undefined;
  readonly objective?: string | undefined;
  readonly y?: 'linear' | 'log' | undefined;
  readonly x?: 'number' | 'time' | undefined;
}
