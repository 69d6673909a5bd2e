/** What a study is going to do, from its definition and data alone, for `assay plan`. The search passes it on without interpreting it. */
export interface StudyAhead {
  /** Parts of the data in the order of their use: those of the search, then training and test of each fold, then what is left. A study sees no vault; where it is known it is the last. */
  readonly windows: readonly PlannedWindow[];
  readonly sessionsPerYear: number;
  /** Agents that each trial trains. */
  readonly seedsPerTrial: number;
}

/** Consecutive sessions with one use. */
export interface PlannedWindow {
  readonly use: 'search training' | 'inner validation' | 'fold training' | 'fold test' | 'left over' | 'vault';
  /** From 0; null outside the folds. */
  readonly fold: number | null;
  /** Trading dates of the first and the last session. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly sessions: number;
  /** Sessions left out after it, before the next part of the same fold or of the search. */
  readonly purged: number;
}

/** Processor time of training, from a few timed gradient steps. */
export interface TrainingPace {
  readonly secondsPerUpdate: number;
  /** Gradient steps of one training. */
  readonly updates: number;
  /** One training with one seed, its test included. */
  readonly trainingSeconds: number;
  /** One trial with all of its seeds and reports. */
  readonly trialSeconds: number;
}
