/**
 * The operations of the API and the types of what they take and answer, written from its document by tests/tools/client-types.ts:
 * `npx vitest run --config tests/vitest.config.ts src/client/api.test.ts -u` writes them anew.
 */

export const operations = {
  listStudies: { method: 'GET', path: '/v1/studies' },
  showStudy: { method: 'GET', path: '/v1/studies/{study}' },
  pauseStudy: { method: 'POST', path: '/v1/studies/{study}/pause' },
  resumeStudy: { method: 'POST', path: '/v1/studies/{study}/resume' },
  stopStudy: { method: 'POST', path: '/v1/studies/{study}/stop' },
  cancelStudy: { method: 'POST', path: '/v1/studies/{study}/cancel' },
  listFreezes: { method: 'GET', path: '/v1/freezes' },
  showFreezes: { method: 'GET', path: '/v1/freezes/{group}' },
  listTrials: { method: 'GET', path: '/v1/studies/{study}/trials' },
  enqueueTrial: { method: 'POST', path: '/v1/studies/{study}/trials', keyed: true },
  showTrial: { method: 'GET', path: '/v1/studies/{study}/trials/{number}' },
  retryTrial: { method: 'POST', path: '/v1/studies/{study}/trials/{number}/retry', keyed: true },
  cancelTrial: { method: 'POST', path: '/v1/studies/{study}/trials/{number}/cancel' },
  pauseTrial: { method: 'POST', path: '/v1/studies/{study}/trials/{number}/pause' },
  resumeTrial: { method: 'POST', path: '/v1/studies/{study}/trials/{number}/resume' },
  readReports: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/reports' },
  bestTrials: { method: 'GET', path: '/v1/studies/{study}/best' },
  compareStudies: { method: 'GET', path: '/v1/compare' },
  comparePaired: { method: 'GET', path: '/v1/compare/paired' },
  listAblations: { method: 'GET', path: '/v1/studies/{study}/ablations' },
  showImportance: { method: 'GET', path: '/v1/studies/{study}/importance' },
  showRecommendation: { method: 'GET', path: '/v1/studies/{study}/recommendation' },
  showPlan: { method: 'GET', path: '/v1/studies/{study}/plan' },
  chartHistory: { method: 'GET', path: '/v1/studies/{study}/charts/history' },
  chartParallel: { method: 'GET', path: '/v1/studies/{study}/charts/parallel' },
  chartImportance: { method: 'GET', path: '/v1/studies/{study}/charts/importance' },
  chartSlice: { method: 'GET', path: '/v1/studies/{study}/charts/slice' },
  chartContour: { method: 'GET', path: '/v1/studies/{study}/charts/contour' },
  chartEdf: { method: 'GET', path: '/v1/studies/{study}/charts/edf' },
  chartTimeline: { method: 'GET', path: '/v1/studies/{study}/charts/timeline' },
  chartCurves: { method: 'GET', path: '/v1/studies/{study}/charts/curves' },
  chartFront: { method: 'GET', path: '/v1/studies/{study}/charts/front' },
  chartDegradation: { method: 'GET', path: '/v1/studies/{study}/charts/degradation' },
  chartLuck: { method: 'GET', path: '/v1/studies/{study}/charts/luck' },
  chartOverfit: { method: 'GET', path: '/v1/studies/{study}/charts/overfit' },
  chartSameData: { method: 'GET', path: '/v1/studies/{study}/charts/same-data' },
  readEquity: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/validation/equity' },
  readFoldLayout: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/validation/folds' },
  readReturns: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/returns' },
  readPaths: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/paths' },
  readValidation: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/validation' },
  readGates: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/gates' },
  showVault: { method: 'GET', path: '/v1/studies/{study}/trials/{number}/vault' },
  listModels: { method: 'GET', path: '/v1/models' },
  showModel: { method: 'GET', path: '/v1/models/{model}' },
  modelHistory: { method: 'GET', path: '/v1/models/{model}/history' },
  showBoard: { method: 'GET', path: '/v1/models/{model}/board' },
  promoteTrial: { method: 'POST', path: '/v1/studies/{study}/trials/{number}/promote', keyed: true },
  rollbackAlias: { method: 'POST', path: '/v1/models/{model}/aliases/{alias}/rollback', keyed: true },
  showVersion: { method: 'GET', path: '/v1/models/{model}/versions/{version}' },
  readCard: { method: 'GET', path: '/v1/models/{model}/versions/{version}/card.html', as: 'text' },
  readBundle: { method: 'GET', path: '/v1/models/{model}/versions/{version}/evidence.bundle', as: 'bytes' },
  readPolicy: { method: 'GET', path: '/v1/models/{model}/versions/{version}/policy.onnx', as: 'bytes' },
  verifyLedger: { method: 'GET', path: '/v1/ledger/verify' },
  showRecord: { method: 'GET', path: '/v1/models/{model}/records/{sequence}' },
  ledgerAnchor: { method: 'GET', path: '/v1/ledger/anchor' },
  listData: { method: 'GET', path: '/v1/data' },
  health: { method: 'GET', path: '/healthz' },
  readiness: { method: 'GET', path: '/readyz' },
} as const;

/** What each operation takes: parts of the path and the query by name, and the body. */
export interface Requests {
  /** Studies, the newest first unless sorted otherwise */
  readonly listStudies: {
    readonly state?: undefined | "idle" | "running" | "complete" | "frozen" | "paused" | "stopped";
    /** Part of the name */
    readonly q?: undefined | string;
    /** With a minus in front descending; default: `-created` */
    readonly sort?: undefined | "created" | "-created" | "name" | "-name" | "updated" | "-updated" | "trials" | "-trials";
    /** `next` of the page before; opaque */
    readonly cursor?: undefined | string;
    readonly limit?: undefined | number;
  };
  /** A study with its space, sampler and pruner */
  readonly showStudy: {
    readonly study: string;
  };
  /** No new trials; the running ones go on, and workers wait */
  readonly pauseStudy: {
    readonly study: string;
  };
  /** Go on with a study that was paused, stopped or cancelled */
  readonly resumeStudy: {
    readonly study: string;
  };
  /** Finish the running trials and end; those that wait are cancelled */
  readonly stopStudy: {
    readonly study: string;
  };
  /** End the running trials too, as cancelled */
  readonly cancelStudy: {
    readonly study: string;
  };
  /** The freezes that stand, by group */
  readonly listFreezes: Readonly<Record<never, never>>;
  /** Every freeze of a group with what the gates said, the newest first */
  readonly showFreezes: {
    readonly group: string;
  };
  /** Trials of a study: filtered, sorted, page by page */
  readonly listTrials: {
    readonly study: string;
    readonly state?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** `number`, `value`, `duration`, `startedAt`, …, `param:<name>`, `objective:<name>` or `metric:<name>`; a minus in front for descending */
    readonly sort?: undefined | string;
    /** Only these members of each trial, such as `number,value,params` */
    readonly fields?: undefined | readonly ("address" | "number" | "revision" | "state" | "params" | "value" | "values" | "noise" | "constraints" | "feasible" | "configuration" | "metrics" | "lastReport" | "startedAt" | "finishedAt" | "durationMs" | "attempt" | "worker" | "reason" | "error" | "cancelledBy" | "pausedBy" | "repeatOf" | "forkedFrom" | "nonFinite")[];
    /** `next` of the page before; opaque */
    readonly cursor?: undefined | string;
    readonly limit?: undefined | number;
  };
  /** Queue a trial with parameters of your choice; what is left out is drawn by the sampler */
  readonly enqueueTrial: {
    readonly study: string;
    readonly body: {
      /** Under their flat names. What is left out is drawn by the study’s sampler, or taken from `like` */
      readonly params: Readonly<Record<never, never>>;
      /** The address of a trial whose parameters fill what `params` leaves out */
      readonly like?: undefined | string;
      /** With `like`: its seed as well, so that the same parameters give the same trial again */
      readonly sameSeed?: undefined | boolean;
      /** Refuse missing parameters, all named at once, in place of drawing them */
      readonly strict?: undefined | boolean;
      /** Among queued trials of the study the highest is taken first */
      readonly priority?: undefined | number;
      /** Where a limit of the budget is used up, let this one trial in all the same */
      readonly raiseBudget?: undefined | boolean;
    };
  };
  /** A trial with its reports, attempts, artifacts and validation */
  readonly showTrial: {
    readonly study: string;
    readonly number: number;
  };
  /** Queue a new trial with the parameters and the seed of one that failed or was cancelled */
  readonly retryTrial: {
    readonly study: string;
    readonly number: number;
    readonly body?: undefined | {
      /** Where a limit of the budget is used up, let this one trial in all the same */
      readonly raiseBudget?: undefined | boolean;
      /** Also of one that is complete or pruned: its result once more, as a trial that names it */
      readonly sameSeed?: undefined | boolean;
    };
  };
  /** End a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs */
  readonly cancelTrial: {
    readonly study: string;
    readonly number: number;
  };
  /** Let a trial wait until it is resumed: at once in the queue, where it runs after its next report and a checkpoint */
  readonly pauseTrial: {
    readonly study: string;
    readonly number: number;
  };
  /** Let a paused trial go on, from its checkpoint where it has one */
  readonly resumeTrial: {
    readonly study: string;
    readonly number: number;
  };
  /** The curves of a trial, thinned evenly */
  readonly readReports: {
    readonly study: string;
    readonly number: number;
    /** At most this many for each attempt */
    readonly maxPoints?: undefined | number;
  };
  /** The best complete trials */
  readonly bestTrials: {
    readonly study: string;
    /** Default: 1; with several objectives the whole Pareto set */
    readonly top?: undefined | number;
    /** Rank by this metric instead of the objective */
    readonly metric?: undefined | string;
    /** Rank by this one of several objectives */
    readonly objective?: undefined | string;
    /** Measure the hypervolume from here; default: what the study says */
    readonly reference?: undefined | readonly number[];
  };
  /** Studies side by side */
  readonly compareStudies: {
    readonly studies: readonly string[];
    /** Compare by this metric instead of the objective */
    readonly metric?: undefined | string;
    /** Compare by this one of several objectives */
    readonly objective?: undefined | string;
    /** Default: `parameters` for a study that tries configurations again, else `none` */
    readonly group?: undefined | "parameters" | "none";
  };
  /** Two validated trials or models, paired by fold, seed and day */
  readonly comparePaired: {
    /** `study#42`, or a model: `scalper@champion`, `scalper@7` */
    readonly reference: string;
    /** `study#42`, or a model: `scalper@champion`, `scalper@7` */
    readonly challenger: string;
  };
  /** What `assay ablate` found: each arm against the reference, in pairs */
  readonly listAblations: {
    readonly study: string;
  };
  /** Which parameters decide whether a trial is among the best */
  readonly showImportance: {
    readonly study: string;
    /** Of several objectives, this one alone */
    readonly objective?: undefined | string;
  };
  /** The configurations that are expected to be best again */
  readonly showRecommendation: {
    readonly study: string;
    /** Default: 1 */
    readonly top?: undefined | number;
  };
  /** What a study can show: windows, trainings, and the smallest Sharpe ratio that can pass its gates */
  readonly showPlan: {
    readonly study: string;
    /** Models that will be judged */
    readonly top?: undefined | number;
    /** Trainings of each on each fold */
    readonly seeds?: undefined | number;
    /** Models judged on the test days in all, over all studies, at least `top`; default: `top`, or the looks so far if they are more */
    readonly looks?: undefined | number;
  };
  /** Values of the trials in the order of their numbers or times, and the best so far */
  readonly chartHistory: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one; default: the first */
    readonly objective?: undefined | string;
    /** Draw this metric of complete trials instead of an objective */
    readonly metric?: undefined | string;
    /** At most this many marks */
    readonly maxPoints?: undefined | number;
    readonly x?: undefined | "number" | "time";
  };
  /** A line for each trial through its parameters */
  readonly chartParallel: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one; default: the first */
    readonly objective?: undefined | string;
    /** Draw this metric of complete trials instead of an objective */
    readonly metric?: undefined | string;
    /** At most this many marks */
    readonly maxPoints?: undefined | number;
    /** Default: the first thirty that vary */
    readonly params?: undefined | readonly string[];
  };
  /** Which parameters decide, with intervals */
  readonly chartImportance: {
    readonly study: string;
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one alone; the forests need one */
    readonly objective?: undefined | string;
    readonly method?: undefined | "ped-anova" | "fanova" | "mdi";
  };
  /** The value against each of some parameters, with quartiles */
  readonly chartSlice: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one; default: the first */
    readonly objective?: undefined | string;
    /** Draw this metric of complete trials instead of an objective */
    readonly metric?: undefined | string;
    /** At most this many marks */
    readonly maxPoints?: undefined | number;
    /** Twelve at most */
    readonly params: readonly string[];
  };
  /** The mean value over cells of two parameters */
  readonly chartContour: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one; default: the first */
    readonly objective?: undefined | string;
    /** Draw this metric of complete trials instead of an objective */
    readonly metric?: undefined | string;
    readonly pair: readonly string[];
    /** Along each axis, and values of a choice that are drawn */
    readonly cells?: undefined | number;
  };
  /** The share of the trials with at most each value, of one or several studies */
  readonly chartEdf: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one; default: the first */
    readonly objective?: undefined | string;
    /** Draw this metric of complete trials instead of an objective */
    readonly metric?: undefined | string;
    /** Further studies, asked the same */
    readonly studies?: undefined | readonly string[];
  };
  /** Attempts by worker or device */
  readonly chartTimeline: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** At most this many marks */
    readonly maxPoints?: undefined | number;
    readonly by?: undefined | "worker" | "device";
    /** Milliseconds since 1970; default: the beginning of the first attempt */
    readonly from?: undefined | number;
    /** Milliseconds since 1970, exclusive; default: the end of the last attempt, or now */
    readonly to?: undefined | number;
  };
  /** Curves of the best trials and of a sample of the others, and the deciles of all */
  readonly chartCurves: {
    readonly study: string;
    /** Only trials in these states; default: those that the chart is about */
    readonly states?: undefined | readonly ("queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled")[];
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** Of several objectives, this one; default: the first */
    readonly objective?: undefined | string;
    /** Draw this reported metric instead of the reported value */
    readonly metric?: undefined | string;
    /** Only these trials */
    readonly numbers?: undefined | readonly string[];
    /** Number of the best trials */
    readonly top?: undefined | number;
    /** Number of other trials, the same in each answer */
    readonly random?: undefined | number;
    /** Most points of a curve; fewer where there are many curves */
    readonly maxSteps?: undefined | number;
    readonly x?: undefined | "step" | "time";
  };
  /** Trials by their objectives, the Pareto set, and how its hypervolume grew */
  readonly chartFront: {
    readonly study: string;
    /** Filters such as `lr<1e-3`, `opt=adam and value<0.5` or `c="a b"`; several hold together, 50 conditions at most. `c=1` finds the number and `c="1"` the text; times are ISO 8601, UTC unless stated */
    readonly where?: undefined | readonly string[];
    /** At most this many marks */
    readonly maxPoints?: undefined | number;
  };
  /** What validated trials showed in the search, and what on folds that it never saw */
  readonly chartDegradation: {
    readonly study: string;
    /** Of the walk-forward */
    readonly metric?: undefined | string;
  };
  /** A validated trial against the best that luck would show */
  readonly chartLuck: {
    readonly study: string;
    /** A validated trial; default: of those the one with the best value */
    readonly number?: undefined | number;
  };
  /** What picking the best trial by one half of the inner days is worth on the other half */
  readonly chartOverfit: {
    readonly study: string;
  };
  /** A parameter against what validated trials showed out of sample, over all studies on the same data */
  readonly chartSameData: {
    readonly study: string;
    /** Flat name of a parameter */
    readonly param: string;
    /** Of the walk-forward */
    readonly metric?: undefined | string;
  };
  /** Equity and drawdown of the newest walk-forward of a trial by fold and seed, and of the baselines */
  readonly readEquity: {
    readonly study: string;
    readonly number: number;
    /** Of each line; fewer where there are many */
    readonly maxPoints?: undefined | number;
    /** With `seed`: this fold alone, step by step */
    readonly fold?: undefined | number;
    readonly seed?: undefined | number;
  };
  /** Where the folds of the newest walk-forward of a trial lie, what the search saw, and what each test returned */
  readonly readFoldLayout: {
    readonly study: string;
    readonly number: number;
  };
  /** The daily returns of the newest walk-forward of a trial, fold by fold, and those of the baselines */
  readonly readReturns: {
    readonly study: string;
    readonly number: number;
  };
  /** The paths of the newest combinatorial validation of a trial: robustness, no evidence for a promotion */
  readonly readPaths: {
    readonly study: string;
    readonly number: number;
  };
  /** The newest walk-forward of a trial, on folds that the search never saw */
  readonly readValidation: {
    readonly study: string;
    readonly number: number;
  };
  /** What every gate of a policy says of a validated trial; changes nothing */
  readonly readGates: {
    readonly study: string;
    readonly number: number;
    /** Name of a gate policy; default: the one that the study names */
    readonly policy?: undefined | string;
    /** Asks what a promotion to this alias would be asked: the study’s own policy beside `policy`, and the gate `champion` */
    readonly to?: undefined | string;
  };
  /** The sessions that a study keeps, and the one look of a trial at them; nothing is opened by asking */
  readonly showVault: {
    readonly study: string;
    readonly number: number;
  };
  /** Models by name */
  readonly listModels: {
    /** `next` of the page before; opaque */
    readonly cursor?: undefined | string;
    readonly limit?: undefined | number;
  };
  /** A model with its versions and aliases */
  readonly showModel: {
    readonly model: string;
  };
  /** Every decision on a model, refused ones too, the newest first */
  readonly modelHistory: {
    readonly model: string;
    /** `next` of the page before; opaque */
    readonly cursor?: undefined | string;
    readonly limit?: undefined | number;
  };
  /** Aliases, versions with the verdicts and data of their decisions, and the newest records */
  readonly showBoard: {
    readonly model: string;
  };
  /** Make a validated trial a version of a model and move the alias, if every gate passes; recorded for ever either way */
  readonly promoteTrial: {
    readonly study: string;
    readonly number: number;
    readonly body: {
      readonly model: string;
      readonly alias: string;
      /** For the record */
      readonly reason?: undefined | string;
      /** Gate policy that must pass beside the one that the study names */
      readonly policy?: undefined | string;
      /** Why it is promoted although a gate refused: by another principal than who asked, visible for ever */
      readonly override?: undefined | string;
      /** Name of who decides: a statement, no login. Default: the role of the database and the user of the server */
      readonly as?: undefined | string;
    };
  };
  /** Move an alias to the version that it named before, after checking its bytes; recorded for ever */
  readonly rollbackAlias: {
    readonly model: string;
    readonly alias: string;
    readonly body?: undefined | {
      /** For the record */
      readonly reason?: undefined | string;
      /** Name of who decides: a statement, no login. Default: the role of the database and the user of the server */
      readonly as?: undefined | string;
    };
  };
  /** A version with the decision that made it */
  readonly showVersion: {
    readonly model: string;
    /** A number, or an alias */
    readonly version: string;
  };
  /** The model card of a version: one HTML file that loads nothing */
  readonly readCard: {
    readonly model: string;
    /** A number, or an alias */
    readonly version: string;
  };
  /** The evidence bundle of a version, checked against the hash in its record */
  readonly readBundle: {
    readonly model: string;
    /** A number, or an alias */
    readonly version: string;
  };
  /** The policy of a version, checked against the hash that was promoted */
  readonly readPolicy: {
    readonly model: string;
    /** A number, or an alias */
    readonly version: string;
  };
  /** The ledger compared with itself, with the tables of models, and with what was kept outside */
  readonly verifyLedger: {
    /** Only its tables and policies; the chain is one for all */
    readonly model?: undefined | string;
    /** Of a record, as it was kept elsewhere: it must be in the ledger */
    readonly head?: undefined | string;
    /** From /v1/ledger/anchor, as it was kept elsewhere: shows a cut tail and a rewritten history */
    readonly anchor?: undefined | string;
    /** Whether the bytes of every policy are read; that may take long */
    readonly policies?: undefined | "true" | "false";
  };
  /** One record of the ledger, a refusal too */
  readonly showRecord: {
    readonly model: string;
    /** Its place in the ledger */
    readonly sequence: string;
  };
  /** The newest record and the number of records, to be kept elsewhere */
  readonly ledgerAnchor: Readonly<Record<never, never>>;
  /** Data sets with their range and quality, and the studies that read them */
  readonly listData: {
    /** Part of the name */
    readonly q?: undefined | string;
  };
  /** Whether the server runs */
  readonly health: Readonly<Record<never, never>>;
  /** Whether the server can answer: the database does */
  readonly readiness: Readonly<Record<never, never>>;
}

/** What each operation answers. */
export interface Answers {
  /** Studies, the newest first unless sorted otherwise */
  readonly listStudies: {
    readonly items: readonly Study[];
    /** The cursor of the next page; null at the end */
    readonly next: string | null;
    /** How many there are on all pages */
    readonly total: number;
    /** Counting stopped at `total`: there are more */
    readonly totalAtLeast?: true;
  };
  /** A study with its space, sampler and pruner */
  readonly showStudy: StudyDetail;
  /** No new trials; the running ones go on, and workers wait */
  readonly pauseStudy: StudyOrdered;
  /** Go on with a study that was paused, stopped or cancelled */
  readonly resumeStudy: StudyOrdered;
  /** Finish the running trials and end; those that wait are cancelled */
  readonly stopStudy: StudyOrdered;
  /** End the running trials too, as cancelled */
  readonly cancelStudy: StudyOrdered;
  /** The freezes that stand, by group */
  readonly listFreezes: {
    readonly items: readonly Freeze[];
  };
  /** Every freeze of a group with what the gates said, the newest first */
  readonly showFreezes: {
    readonly items: readonly Freeze[];
  };
  /** Trials of a study: filtered, sorted, page by page */
  readonly listTrials: {
    readonly items: readonly Trial[];
    /** The cursor of the next page; null at the end */
    readonly next: string | null;
    /** How many there are on all pages */
    readonly total: number;
    /** Counting stopped at `total`: there are more */
    readonly totalAtLeast?: true;
  } | {
    readonly items: readonly TrialPart[];
    /** The cursor of the next page; null at the end */
    readonly next: string | null;
    /** How many there are on all pages */
    readonly total: number;
    /** Counting stopped at `total`: there are more */
    readonly totalAtLeast?: true;
  };
  /** Queue a trial with parameters of your choice; what is left out is drawn by the sampler */
  readonly enqueueTrial: TrialOrdered;
  /** A trial with its reports, attempts, artifacts and validation */
  readonly showTrial: TrialDetail;
  /** Queue a new trial with the parameters and the seed of one that failed or was cancelled */
  readonly retryTrial: TrialOrdered;
  /** End a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs */
  readonly cancelTrial: TrialOrdered;
  /** Let a trial wait until it is resumed: at once in the queue, where it runs after its next report and a checkpoint */
  readonly pauseTrial: TrialOrdered;
  /** Let a paused trial go on, from its checkpoint where it has one */
  readonly resumeTrial: TrialOrdered;
  /** The curves of a trial, thinned evenly */
  readonly readReports: {
    readonly items: readonly Report[];
    /** How many there are; `items` may be fewer */
    readonly total: number;
  };
  /** The best complete trials */
  readonly bestTrials: {
    readonly study: string;
    /** Of the metric by which the trials are sorted */
    readonly direction: "minimize" | "maximize";
    /** Of a study with several objectives; null: one */
    readonly objectives: (readonly {
      readonly name: string;
      readonly direction: "minimize" | "maximize";
      readonly reference: number | null;
    }[]) | null;
    /** Null: the objective value */
    readonly metric: string | null;
    /** The one of several objectives that ranks */
    readonly objective: string | null;
    /** Of several objectives: the trials are the Pareto set, or the first of it */
    readonly front: {
      readonly size: number;
      readonly hypervolume: number | null;
      /** Trials that the hypervolume was taken from, where the set is too large: it is at least that */
      readonly measured?: number;
      /** Values that are null because JSON cannot represent them, by name */
      readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
    };
    /** The best first; only such as meet their constraints */
    readonly trials: readonly Trial[];
  };
  /** Studies side by side */
  readonly compareStudies: {
    /** Null: the objective value */
    readonly metric: string | null;
    /** Null: the only objective, or the first of several */
    readonly objective: string | null;
    readonly studies: readonly {
      readonly study: string;
      readonly direction: "minimize" | "maximize";
      readonly counts: {
        readonly queued: number;
        readonly running: number;
        readonly paused: number;
        readonly complete: number;
        readonly pruned: number;
        readonly failed: number;
        readonly cancelled: number;
      };
      readonly best: Trial | null;
      /** The compared metric of the best trial */
      readonly bestFigure: number | null;
      /** `parameters`: trials of the same parameters count once, with their mean; `none`: each trial counts */
      readonly group: "parameters" | "none";
      /** Number of complete trials, or groups of them, whose metric is finite */
      readonly n: number;
      readonly mean: number | null;
      readonly median: number | null;
      readonly sd: number | null;
      /** Values that are null because JSON cannot represent them, by name */
      readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
    }[];
    /** Parameters of the best trials that are not the same everywhere */
    readonly params: readonly {
      readonly name: string;
      readonly values: readonly (string | number | boolean | null)[];
    }[];
  };
  /** Two validated trials or models, paired by fold, seed and day */
  readonly comparePaired: {
    /** What is compared with the reference */
    readonly arm: string;
    readonly reference: string;
    /** Mean daily Sharpe ratio over trials and seeds, all test days in a row */
    readonly value: number | null;
    /** The same of the reference */
    readonly referenceValue: number | null;
    /** `value` minus `referenceValue` */
    readonly difference: number | null;
    /** Lower end of the interval of the difference, from blocks of days that both share */
    readonly low: number | null;
    /** Upper end */
    readonly high: number | null;
    /** Of the interval */
    readonly level: number;
    readonly days: number;
    readonly foldsAbove: number;
    readonly foldsBelow: number;
    readonly foldsEqual: number;
    readonly folds: readonly {
      readonly fold: number;
      readonly value: number | null;
      readonly referenceValue: number | null;
      readonly difference: number | null;
      readonly seeds: readonly {
        readonly seed: number;
        readonly difference: number | null;
        /** Values that are null because JSON cannot represent them, by name */
        readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
      }[];
      /** Values that are null because JSON cannot represent them, by name */
      readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
    }[];
    /** Values that are null because JSON cannot represent them, by name */
    readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
    /** Pairs of a fold and a seed in which the challenger is above */
    readonly pairsAbove: number;
    readonly pairsBelow: number;
    readonly pairsEqual: number;
    /** Address of the challenger */
    readonly trial: string;
    /** Address of the trial that was judged as the reference */
    readonly referenceTrial: string;
  };
  /** What `assay ablate` found: each arm against the reference, in pairs */
  readonly listAblations: {
    readonly items: readonly {
      /** What the arms differ in */
      readonly varied: readonly string[];
      /** The arm that was evaluated first */
      readonly reference: string;
      /** Trials that every arm has evaluated */
      readonly trials: readonly number[];
      readonly seeds: readonly number[];
      /** Empty: nothing is common to all arms */
      readonly items: readonly {
        /** What is compared with the reference */
        readonly arm: string;
        readonly reference: string;
        /** Mean daily Sharpe ratio over trials and seeds, all test days in a row */
        readonly value: number | null;
        /** The same of the reference */
        readonly referenceValue: number | null;
        /** `value` minus `referenceValue` */
        readonly difference: number | null;
        /** Lower end of the interval of the difference, from blocks of days that both share */
        readonly low: number | null;
        /** Upper end */
        readonly high: number | null;
        /** Of the interval */
        readonly level: number;
        readonly days: number;
        readonly foldsAbove: number;
        readonly foldsBelow: number;
        readonly foldsEqual: number;
        readonly folds: readonly {
          readonly fold: number;
          readonly value: number | null;
          readonly referenceValue: number | null;
          readonly difference: number | null;
          readonly seeds: readonly {
            readonly seed: number;
            readonly difference: number | null;
            /** Values that are null because JSON cannot represent them, by name */
            readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
            readonly number: number;
          }[];
          /** Values that are null because JSON cannot represent them, by name */
          readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
        }[];
        /** Values that are null because JSON cannot represent them, by name */
        readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
      }[];
    }[];
  };
  /** Which parameters decide whether a trial is among the best */
  readonly showImportance: {
    readonly study: string;
    readonly evaluator: "ped-anova" | "fanova" | "mdi";
    /** Null: the only one, or all of several */
    readonly objective: string | null;
    /** Complete trials that it is taken from */
    readonly trials: number;
    /** What limits the answer */
    readonly notes: readonly string[];
    readonly items: readonly {
      readonly param: string;
      /** Share from 0 to 1; all together 1 */
      readonly importance: number;
      /** Lower end of the interval of resampled trials */
      readonly low: number;
      readonly high: number;
    }[];
  };
  /** The configurations that are expected to be best again */
  readonly showRecommendation: {
    readonly study: string;
    readonly direction: "minimize" | "maximize";
    readonly items: readonly {
      /** Of its best trial */
      readonly address: string;
      readonly number: number;
      readonly params: Readonly<Record<string, string | number | boolean | null>>;
      /** All complete trials with these params */
      readonly trials: readonly number[];
      /** Mean of their values */
      readonly observed: number | null;
      /** Null: too few trials for a model */
      readonly expected: {
        /** What one more trial is expected to bring */
        readonly value: number;
        /** One standard deviation of the mean below */
        readonly low: number;
        readonly high: number;
        /** Standard deviation of one trial around the mean */
        readonly noise: number;
      };
      readonly inWords: string;
      /** Values that are null because JSON cannot represent them, by name */
      readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
    }[];
  };
  /** What a study can show: windows, trainings, and the smallest Sharpe ratio that can pass its gates */
  readonly showPlan: StudyPlan;
  /** Values of the trials in the order of their numbers or times, and the best so far */
  readonly chartHistory: HistoryChart;
  /** A line for each trial through its parameters */
  readonly chartParallel: ParallelChart;
  /** Which parameters decide, with intervals */
  readonly chartImportance: ImportanceChart;
  /** The value against each of some parameters, with quartiles */
  readonly chartSlice: SliceChart;
  /** The mean value over cells of two parameters */
  readonly chartContour: ContourChart;
  /** The share of the trials with at most each value, of one or several studies */
  readonly chartEdf: EdfChart;
  /** Attempts by worker or device */
  readonly chartTimeline: TimelineChart;
  /** Curves of the best trials and of a sample of the others, and the deciles of all */
  readonly chartCurves: CurvesChart;
  /** Trials by their objectives, the Pareto set, and how its hypervolume grew */
  readonly chartFront: FrontChart;
  /** What validated trials showed in the search, and what on folds that it never saw */
  readonly chartDegradation: DegradationChart;
  /** A validated trial against the best that luck would show */
  readonly chartLuck: LuckChart;
  /** What picking the best trial by one half of the inner days is worth on the other half */
  readonly chartOverfit: OverfitChart;
  /** A parameter against what validated trials showed out of sample, over all studies on the same data */
  readonly chartSameData: SameDataChart;
  /** Equity and drawdown of the newest walk-forward of a trial by fold and seed, and of the baselines */
  readonly readEquity: Equity;
  /** Where the folds of the newest walk-forward of a trial lie, what the search saw, and what each test returned */
  readonly readFoldLayout: FoldLayout;
  /** The daily returns of the newest walk-forward of a trial, fold by fold, and those of the baselines */
  readonly readReturns: {
    readonly address: string;
    readonly items: readonly FoldReturns[];
  };
  /** The paths of the newest combinatorial validation of a trial: robustness, no evidence for a promotion */
  readonly readPaths: ValidationPaths;
  /** The newest walk-forward of a trial, on folds that the search never saw */
  readonly readValidation: {
    readonly items: readonly Validation[];
  };
  /** What every gate of a policy says of a validated trial; changes nothing */
  readonly readGates: Gates;
  /** The sessions that a study keeps, and the one look of a trial at them; nothing is opened by asking */
  readonly showVault: TrialVault;
  /** Models by name */
  readonly listModels: {
    readonly items: readonly Model[];
    /** The cursor of the next page; null at the end */
    readonly next: string | null;
    /** How many there are on all pages */
    readonly total: number;
    /** Counting stopped at `total`: there are more */
    readonly totalAtLeast?: true;
  };
  /** A model with its versions and aliases */
  readonly showModel: ModelDetail;
  /** Every decision on a model, refused ones too, the newest first */
  readonly modelHistory: {
    readonly items: readonly Decision[];
    /** The cursor of the next page; null at the end */
    readonly next: string | null;
    /** How many there are on all pages */
    readonly total: number;
    /** Counting stopped at `total`: there are more */
    readonly totalAtLeast?: true;
  };
  /** Aliases, versions with the verdicts and data of their decisions, and the newest records */
  readonly showBoard: ModelBoard;
  /** Make a validated trial a version of a model and move the alias, if every gate passes; recorded for ever either way */
  readonly promoteTrial: Promoted;
  /** Move an alias to the version that it named before, after checking its bytes; recorded for ever */
  readonly rollbackAlias: RolledBack;
  /** A version with the decision that made it */
  readonly showVersion: ModelVersion;
  /** The model card of a version: one HTML file that loads nothing */
  readonly readCard: string;
  /** The evidence bundle of a version, checked against the hash in its record */
  readonly readBundle: Uint8Array;
  /** The policy of a version, checked against the hash that was promoted */
  readonly readPolicy: Uint8Array;
  /** The ledger compared with itself, with the tables of models, and with what was kept outside */
  readonly verifyLedger: LedgerReport;
  /** One record of the ledger, a refusal too */
  readonly showRecord: LedgerRecord;
  /** The newest record and the number of records, to be kept elsewhere */
  readonly ledgerAnchor: LedgerAnchor;
  /** Data sets with their range and quality, and the studies that read them */
  readonly listData: DataSets;
  /** Whether the server runs */
  readonly health: {
    readonly status: "ok";
  };
  /** Whether the server can answer: the database does */
  readonly readiness: {
    readonly status: "ready";
  };
}

export type End = {
  readonly state: "complete" | "stopped" | "removed";
};

export type Problem = {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The requested path */
  readonly instance: string;
  /** What went wrong, in a word scripts can match */
  readonly code: string;
  /** What to do about it */
  readonly hint: string;
  /** Each part of the request that does not fit */
  readonly errors: readonly {
    readonly field: string;
    readonly message: string;
  }[];
};

export type Study = {
  readonly name: string;
  readonly state: "idle" | "running" | "complete" | "frozen" | "paused" | "stopped";
  /** What people asked for */
  readonly desiredState: "open" | "paused" | "stopped";
  /** Studies that are frozen together */
  readonly group: string | null;
  /** The freeze of its group that stands */
  readonly freeze: {
    /** True: it takes no trials; false: it is the study that works to pass the gates */
    readonly holds: boolean;
    /** The study that works */
    readonly study: string;
    /** The gate policy that a trial of it has to pass */
    readonly policy: string;
    /** RFC 3339, UTC */
    readonly since: string;
    readonly by: string;
  };
  /** Of the first objective */
  readonly direction: "minimize" | "maximize";
  /** Of a study with several objectives; null: one */
  readonly objectives: (readonly {
    readonly name: string;
    readonly direction: "minimize" | "maximize";
    readonly reference: number | null;
  }[]) | null;
  readonly best: number | null;
  readonly bestAddress: string | null;
  readonly counts: {
    readonly queued: number;
    readonly running: number;
    readonly paused: number;
    readonly complete: number;
    readonly pruned: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  readonly budget: {
    readonly trials: number;
    /** Time in which at least one trial was under way */
    readonly timeMs?: number;
    readonly steps?: number;
    readonly countFailed?: boolean;
    readonly stopWhen?: {
      readonly target?: number;
      readonly noImprovement?: number;
      readonly unlikelyToPay?: {
        readonly minTrials: number;
        readonly horizon: number;
        readonly minGain: number;
      };
      readonly failed?: number;
    };
  };
  /** Why no more trials were asked for, where a rule of the budget said so */
  readonly endedBecause: string | null;
  /** Over the last ten minutes; null: no trial ended then, or none runs now */
  readonly trialsPerHour: number | null;
  readonly etaMs: number | null;
  readonly revision: number;
  /** RFC 3339, UTC */
  readonly createdAt: string;
  /** RFC 3339, UTC */
  readonly updatedAt: string;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type StudyDetail = Study & {
  readonly space: Readonly<Record<string, Param>>;
  readonly spaceHash: string;
  readonly sampler: {
    readonly id: string;
    readonly options: Readonly<Record<string, unknown>>;
  };
  readonly pruner: {
    readonly id: string;
    readonly options: Readonly<Record<string, unknown>>;
  };
  readonly pruneOn: {
    readonly metric: string;
    readonly direction: "minimize" | "maximize";
  };
  /** How often a configuration is tried; absent: once */
  readonly replicates?: "auto" | number;
  /** Earlier studies that the search starts from; absent: none */
  readonly warmStart?: readonly {
    readonly study: string;
    /** Complete trials that were taken */
    readonly trials: number;
    /** Trials that it had by then; counted for luck where they looked at the same data */
    readonly tried: number;
    /** RFC 3339, UTC */
    readonly takenAt: string;
  }[];
  readonly seed: number;
  readonly maxAttempts: number;
  /** Workers that serve several studies take trials of the highest first */
  readonly priority: number;
  /** what one trial needs of the machine */
  readonly needs: {
    readonly threads?: number;
    readonly memoryMb?: number;
    readonly device?: "cpu" | "gpu";
  };
  /** out-of-sample steps and days that a validation gives the gates for each seed, its folds, and the days of the shortest; null: the study does not say */
  readonly evidence: {
    readonly steps: number;
    readonly days: number;
    readonly folds?: number;
    readonly shortestFold?: number;
  };
  /** The study that is opened once a trial of this one lifts the freeze of the group */
  readonly next: string | null;
  /** Name of the gate policy that its trials are promoted by */
  readonly policy: string;
  readonly module: {
    /** `assay:…` below the checkout; null: elsewhere on the machine that opened the study */
    readonly url: string | null;
    readonly sourceHash: string;
    readonly packagesHash: string | null;
    readonly gitCommit: string | null;
    readonly gitDirty: boolean;
  };
};

export type Param = {
  readonly type: "float" | "int";
  readonly low: number;
  readonly high: number;
  readonly log?: true;
  readonly step?: number;
  readonly when?: {
    readonly param: string;
    readonly in: readonly (string | number | boolean | null)[];
  };
} | {
  readonly type: "choice";
  readonly choices: readonly (string | number | boolean | null)[];
  readonly when?: {
    readonly param: string;
    readonly in: readonly (string | number | boolean | null)[];
  };
} | {
  readonly type: "branch";
  readonly cases: Readonly<Record<string, Readonly<Record<string, Param>>>>;
  readonly when?: {
    readonly param: string;
    readonly in: readonly (string | number | boolean | null)[];
  };
} | {
  readonly type: "repeat";
  readonly low: number;
  readonly high: number;
  readonly of: Readonly<Record<string, Param>>;
  readonly when?: {
    readonly param: string;
    readonly in: readonly (string | number | boolean | null)[];
  };
};

export type StudyOrdered = {
  readonly study: string;
  /** What people asked for */
  readonly desiredState: "open" | "paused" | "stopped";
  /** True: the study had nothing left to run, so nothing was paused, stopped or resumed */
  readonly complete: boolean;
  /** Trials that this call cancelled at once */
  readonly cancelled: number;
  /** Running trials that this call told to end */
  readonly ending: number;
};

export type Freeze = {
  readonly group: string;
  /** The study that goes on */
  readonly study: string;
  /** The gate policy that a trial of it has to pass */
  readonly policy: string;
  readonly state: "frozen" | "lifted";
  /** RFC 3339, UTC */
  readonly frozenAt: string;
  readonly frozenBy: string;
  readonly lifted: {
    /** RFC 3339, UTC */
    readonly at: string;
    readonly by: string;
    readonly because: string;
  };
  /** Studies that take no trials now */
  readonly holds: readonly string[];
  readonly verdicts: readonly {
    readonly colour: "green" | "red";
    /** Address of the trial that was judged */
    readonly trial: string;
    readonly reason: string;
    /** Results of the gates */
    readonly verdicts: readonly unknown[];
    /** The study that green opened */
    readonly opened: string | null;
    /** RFC 3339, UTC */
    readonly at: string;
    readonly by: string;
  }[];
};

export type Changes = {
  /** The id of the event */
  readonly next: string;
  /** Whether the next event follows at once: changes are behind this one already */
  readonly more: boolean;
  readonly study: Study;
  /** The changed trials, each as it is now, the newest change last */
  readonly trials: readonly ChangedTrial[];
};

export type ChangedTrial = {
  readonly address: string;
  readonly number: number;
  /** The study's, at the trial's last change of state; reports change none */
  readonly revision: number;
  readonly state: "queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled";
  readonly params?: Readonly<Record<string, string | number | boolean | null>>;
  readonly value: number | null;
  /** With several objectives: of each, by name */
  readonly values?: Readonly<Record<string, number | null>>;
  /** How uncertain the value is, where the trial told it */
  readonly noise?: {
    /** Squared standard error of the value */
    readonly variance: number;
    /** Number of repetitions that it was computed from */
    readonly seeds?: number;
  };
  /** Each is met at 0 or below */
  readonly constraints?: readonly (number | null)[];
  readonly feasible?: boolean;
  /** Of a study with replicates: all complete trials with these parameters */
  readonly configuration?: {
    readonly n: number;
    readonly mean: number | null;
    readonly sd: number | null;
    readonly worst: number | null;
  };
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly lastReport: {
    readonly step: number;
    readonly value: number | null;
  };
  /** RFC 3339, UTC */
  readonly startedAt: string | null;
  /** RFC 3339, UTC */
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly attempt: number;
  readonly worker: string | null;
  readonly reason?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  };
  readonly cancelledBy?: string;
  readonly pausedBy?: string;
  /** The address of the trial that this one repeats, with its parameters and seed */
  readonly repeatOf?: string;
  readonly forkedFrom?: {
    readonly number: number;
    readonly step: number;
  };
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type Trial = {
  readonly address: string;
  readonly number: number;
  /** The study's, at the trial's last change of state; reports change none */
  readonly revision: number;
  readonly state: "queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled";
  readonly params: Readonly<Record<string, string | number | boolean | null>>;
  readonly value: number | null;
  /** With several objectives: of each, by name */
  readonly values?: Readonly<Record<string, number | null>>;
  /** How uncertain the value is, where the trial told it */
  readonly noise?: {
    /** Squared standard error of the value */
    readonly variance: number;
    /** Number of repetitions that it was computed from */
    readonly seeds?: number;
  };
  /** Each is met at 0 or below */
  readonly constraints?: readonly (number | null)[];
  readonly feasible?: boolean;
  /** Of a study with replicates: all complete trials with these parameters */
  readonly configuration?: {
    readonly n: number;
    readonly mean: number | null;
    readonly sd: number | null;
    readonly worst: number | null;
  };
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly lastReport: {
    readonly step: number;
    readonly value: number | null;
  };
  /** RFC 3339, UTC */
  readonly startedAt: string | null;
  /** RFC 3339, UTC */
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly attempt: number;
  readonly worker: string | null;
  readonly reason?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  };
  readonly cancelledBy?: string;
  readonly pausedBy?: string;
  /** The address of the trial that this one repeats, with its parameters and seed */
  readonly repeatOf?: string;
  readonly forkedFrom?: {
    readonly number: number;
    readonly step: number;
  };
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type TrialPart = {
  readonly address?: string;
  readonly number?: number;
  /** The study's, at the trial's last change of state; reports change none */
  readonly revision?: number;
  readonly state?: "queued" | "running" | "paused" | "complete" | "pruned" | "failed" | "cancelled";
  readonly params?: Readonly<Record<string, string | number | boolean | null>>;
  readonly value?: number | null;
  /** With several objectives: of each, by name */
  readonly values?: Readonly<Record<string, number | null>>;
  /** How uncertain the value is, where the trial told it */
  readonly noise?: {
    /** Squared standard error of the value */
    readonly variance: number;
    /** Number of repetitions that it was computed from */
    readonly seeds?: number;
  };
  /** Each is met at 0 or below */
  readonly constraints?: readonly (number | null)[];
  readonly feasible?: boolean;
  /** Of a study with replicates: all complete trials with these parameters */
  readonly configuration?: {
    readonly n: number;
    readonly mean: number | null;
    readonly sd: number | null;
    readonly worst: number | null;
  };
  readonly metrics?: Readonly<Record<string, number | null>>;
  readonly lastReport?: {
    readonly step: number;
    readonly value: number | null;
  };
  /** RFC 3339, UTC */
  readonly startedAt?: string | null;
  /** RFC 3339, UTC */
  readonly finishedAt?: string | null;
  readonly durationMs?: number | null;
  readonly attempt?: number;
  readonly worker?: string | null;
  readonly reason?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  };
  readonly cancelledBy?: string;
  readonly pausedBy?: string;
  /** The address of the trial that this one repeats, with its parameters and seed */
  readonly repeatOf?: string;
  readonly forkedFrom?: {
    readonly number: number;
    readonly step: number;
  };
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type TrialDetail = Trial & {
  readonly seed: number;
  /** RFC 3339, UTC */
  readonly queuedAt: string;
  readonly reports: readonly Report[];
  readonly reportsTotal: number;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly worker: string;
    /** RFC 3339, UTC */
    readonly startedAt: string;
    /** RFC 3339, UTC */
    readonly endedAt: string | null;
    readonly ending: "complete" | "pruned" | "failed" | "cancelled" | "lost" | "released" | "paused" | "forked" | null;
    /** the step of the checkpoint it went on from; its curve up to there is inherited */
    readonly resumedStep: number | null;
    readonly sourceHash: string | null;
    /** of the packages and versions that package-lock.json pins */
    readonly packagesHash: string | null;
    /** versions, processor, device and what computed; null where that was not kept */
    readonly ranOn: Readonly<Record<string, string>> | null;
  }[];
  readonly artifacts: readonly {
    readonly attempt: number;
    readonly role: string;
    readonly hash: string;
    readonly bytes: number;
  }[];
  /** On the inner validation part; of a pruned trial those of its last report. Null: the objective returned none */
  readonly innerReturns: InnerReturns | null;
  readonly validation: Validation | null;
};

export type Report = {
  readonly attempt: number;
  readonly step: number;
  readonly value: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type InnerReturns = {
  /** ISO dates, in time order */
  readonly days: readonly string[];
  /** One net return per day, a fraction of the account */
  readonly returns: readonly number[];
};

export type Validation = {
  readonly address: string;
  readonly definitionHash: string;
  readonly seeds: readonly number[];
  readonly folds: readonly Fold[];
  /** How many folds there are when all is done */
  readonly expected: number;
  /** Means over seeds, each of which trades its folds one after the other on one account */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly baselines: readonly Baseline[];
  readonly trialsTried: number;
  readonly checks: Checks;
  /** Distinct models that any study judged on the most looked-at of these test days, this one included; null: the data are not known */
  readonly looks: number | null;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type Fold = {
  readonly fold: number;
  /** Null for a baseline */
  readonly seed: number | null;
  /** RFC 3339, UTC */
  readonly trainStart: string;
  /** RFC 3339, UTC */
  readonly trainEnd: string;
  /** RFC 3339, UTC */
  readonly testStart: string;
  /** RFC 3339, UTC */
  readonly testEnd: string;
  readonly purgedBars: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly earlyTerminations: number;
  /** versions, processor, device and what computed; null where that was not kept */
  readonly ranOn: Readonly<Record<string, string>> | null;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type Baseline = {
  readonly name: string;
  readonly folds: readonly Fold[];
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

/** Null: nothing was checked */
export type Checks = {
  /** Rows after which the data were cut or replaced by noise, and those up to which something changed */
  readonly lookAhead: {
    readonly rows: number;
    readonly changed: number;
    readonly first: {
      readonly what: "feature" | "learnt" | "action" | "fill";
      readonly name: string;
      readonly row: number;
    };
  };
  readonly causal: {
    readonly cuts: number;
    readonly changed: number;
    readonly first: string | null;
  };
  readonly deterministic: {
    readonly repeated: number;
    /** In any bit, repeated on the same kind of machine */
    readonly different: number;
    /** Largest difference of a return of each that was repeated on another kind */
    readonly elsewhere?: readonly number[];
    readonly first: string | null;
  };
  readonly dataQuality: {
    readonly bars: number;
    readonly missingBars: number | null;
    readonly faults: readonly {
      readonly kind: string;
      readonly count: number;
      readonly place: string;
    }[];
  };
  /** Of the mean of the seeds, all folds one after the other */
  readonly stress: readonly {
    readonly kind: "costs-x2" | "one-bar-late" | "half-volume" | "without-best-days";
    readonly totalReturn: number | null;
    readonly sharpeDaily: number | null;
    /** Values that are null because JSON cannot represent them, by name */
    readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  }[];
};

export type TrialOrdered = {
  readonly address: string;
  readonly number: number;
  /** `pausing`, `ending`: it runs, and was told to pause or end */
  readonly state: "queued" | "running" | "paused" | "cancelled" | "pausing" | "ending";
};

export type StudyPlan = {
  readonly study: string;
  /** Name of the gate policy that its trials are promoted by */
  readonly policy: string;
  /** The folds are the study's own */
  readonly scheme: null;
  /** Parts of the data in the order of their use, the vault as the last; empty: the study does not tell them */
  readonly windows: readonly {
    readonly use: "search training" | "inner validation" | "fold training" | "fold test" | "left over" | "vault";
    readonly fold: number | null;
    /** Trading date of the first session */
    readonly firstDay: string;
    readonly lastDay: string;
    readonly sessions: number;
    /** Sessions left out behind it */
    readonly purged: number;
  }[];
  /** Out-of-sample steps and days of each seed */
  readonly evidence: {
    readonly steps: number;
    readonly days: number;
    readonly folds?: number;
    readonly shortestFold?: number;
  };
  readonly planned: {
    /** Null: the budget has no limit of trials */
    readonly trials: number | null;
    readonly seedsPerTrial: number;
    readonly models: number;
    readonly seeds: number;
    readonly folds: number;
    readonly looks: number;
    readonly days: number;
    readonly innerDays: number | null;
    readonly sessionsPerYear: number;
    readonly level: number | null;
  };
  readonly trainings: {
    readonly search: number | null;
    readonly validation: number;
  };
  /** Smallest true Sharpe ratio that passes the gate `evidence`; null: the gate policy does not ask for it */
  readonly power: {
    readonly level: number;
    /** Level of each look: 1 - (1 - level)^(1 / looks) */
    readonly perLook: number;
    readonly power: number;
    readonly dailySharpe: number | null;
    readonly annualSharpe: number | null;
    readonly daysFor: readonly {
      readonly annualSharpe: number;
      readonly days: number;
    }[];
    /** Values that are null because JSON cannot represent them, by name */
    readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  };
  /** What the best of all trials shows on the inner days without any skill */
  readonly luck: {
    readonly annualSharpe: number | null;
    readonly yearsForOne: number | null;
    /** Values that are null because JSON cannot represent them, by name */
    readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  };
  readonly warnings: readonly string[];
};

export type HistoryChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the only objective, the first of several, or a metric is drawn */
  readonly objective: string | null;
  /** Null: the objective is drawn */
  readonly metric: string | null;
  /** Of the objective that is drawn; of a metric, of the first objective */
  readonly direction: "minimize" | "maximize";
  /** `time`: milliseconds since 1970; of the end, of a running trial of its beginning */
  readonly axis: "number" | "time";
  /** With `y`, `number` and `state`: trials one by one, unless `bins` sum them up */
  readonly x?: readonly (number | null)[];
  /** The value; of a trial that is not complete its newest report, where reports show the objective */
  readonly y?: readonly (number | null)[];
  readonly number?: readonly number[];
  readonly state?: readonly ("c" | "i" | "p" | "f" | "r" | "w" | "x")[];
  readonly bins?: {
    readonly x0: readonly (number | null)[];
    /** Exclusive */
    readonly x1: readonly (number | null)[];
    readonly n: readonly number[];
    readonly min: readonly (number | null)[];
    readonly q1: readonly (number | null)[];
    readonly median: readonly (number | null)[];
    readonly q3: readonly (number | null)[];
    readonly max: readonly (number | null)[];
    /** Trial with the best value of the bin */
    readonly numberOfBest: readonly number[];
  };
  /** Each complete feasible trial that was better than all before, in the order of `x`, exact; `of`: how many there were */
  readonly best: {
    readonly x: readonly (number | null)[];
    readonly y: readonly (number | null)[];
    readonly number: readonly number[];
    readonly of: number;
  };
};

export type ParallelChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the only objective, the first of several, or a metric is drawn */
  readonly objective: string | null;
  /** Null: the objective is drawn */
  readonly metric: string | null;
  /** Of the objective that is drawn; of a metric, of the first objective */
  readonly direction: "minimize" | "maximize";
  /** Parameters of the space */
  readonly params: number;
  /** Those of them that were looked at: what the query names, else all, of very many the first */
  readonly looked: number;
  /** Those of them that vary; `axes` may be fewer */
  readonly varying: number;
  readonly axes: readonly ChartAxis[];
  /** By parameter; null where a trial does not have it */
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly value: readonly (number | null)[];
  readonly number: readonly number[];
  /** Trials that each line stands for: 1, unless it is one of a sample. The best decile is drawn first */
  readonly weight: readonly number[];
};

export type ChartAxis = {
  readonly name: string;
  readonly kind: "float" | "int" | "choice";
  readonly log: boolean;
  /** Of the space; of a choice 0 */
  readonly low: number;
  /** Of the space; of a choice the place of its last label */
  readonly high: number;
  /** Values of a choice: numbers of its column are places in this list */
  readonly labels?: readonly (string | number | boolean | null)[];
  /** Number of values of a choice; only the most used ones, `labels`, are drawn */
  readonly labelsTotal?: number;
};

export type ImportanceChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the only one, or all of several */
  readonly objective: string | null;
  readonly method: "ped-anova" | "fanova" | "mdi";
  /** The most important first */
  readonly items: readonly {
    readonly name: string;
    /** Share from 0 to 1; all together 1 */
    readonly value: number;
    /** Lower end of the interval of resampled trials */
    readonly low: number;
    readonly high: number;
  }[];
  /** Complete trials with finite values that it is taken from; a sample of many */
  readonly trialsUsed: number;
  /** What limits the answer */
  readonly notes: readonly string[];
};

export type SliceChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the only objective, the first of several, or a metric is drawn */
  readonly objective: string | null;
  /** Null: the objective is drawn */
  readonly metric: string | null;
  /** Of the objective that is drawn; of a metric, of the first objective */
  readonly direction: "minimize" | "maximize";
  readonly params: readonly {
    readonly name: string;
    readonly kind: "float" | "int" | "choice";
    readonly log: boolean;
    /** Of the space; of a choice 0 */
    readonly low: number;
    /** Of the space; of a choice the place of its last label */
    readonly high: number;
    /** Values of a choice: numbers of its column are places in this list */
    readonly labels?: readonly (string | number | boolean | null)[];
    /** Number of values of a choice; only the most used ones, `labels`, are drawn */
    readonly labelsTotal?: number;
    /** Trials that have this parameter and a value */
    readonly used: number;
    readonly x: readonly (number | null)[];
    readonly y: readonly (number | null)[];
    readonly number: readonly number[];
    readonly state: readonly ("c" | "i" | "p" | "f" | "r" | "w" | "x")[];
    /** Quartiles of all used trials, in bins of the axis or by choice; `x` is the middle of the bin */
    readonly medianBand: {
      readonly x: readonly (number | null)[];
      readonly low: readonly (number | null)[];
      readonly mid: readonly (number | null)[];
      readonly high: readonly (number | null)[];
      readonly n: readonly number[];
    };
  }[];
};

export type ContourChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the only objective, the first of several, or a metric is drawn */
  readonly objective: string | null;
  /** Null: the objective is drawn */
  readonly metric: string | null;
  /** Of the objective that is drawn; of a metric, of the first objective */
  readonly direction: "minimize" | "maximize";
  /** Trials in the cells; fewer than `used`: a choice has more values than are drawn */
  readonly inCells: number;
  /** Of `x` and of `y` */
  readonly axes: readonly ChartAxis[];
  /** Middles of the cells; on a log axis geometric */
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  /** Mean of each cell, a list for each `y`; null where empty */
  readonly z: readonly (readonly (number | null)[])[];
  readonly n: readonly (readonly number[])[];
  readonly points: {
    readonly x: readonly (number | null)[];
    readonly y: readonly (number | null)[];
    readonly value: readonly (number | null)[];
    readonly number: readonly number[];
  };
};

export type EdfChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the only objective, the first of several, or a metric is drawn */
  readonly objective: string | null;
  /** Null: the objective is drawn */
  readonly metric: string | null;
  /** Of the objective that is drawn; of a metric, of the first objective */
  readonly direction: "minimize" | "maximize";
  /** This study first. `share`: of the used trials, those with a value of at most `value`; 200 steps at most */
  readonly items: readonly {
    readonly study: string;
    readonly total: number;
    readonly used: number;
    readonly value: readonly (number | null)[];
    readonly share: readonly number[];
  }[];
};

export type TimelineChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  readonly by: "worker" | "device";
  /** Beginning of the range, in milliseconds since 1970 */
  readonly origin: number;
  /** Its end, likewise */
  readonly until: number;
  /** The first to begin first */
  readonly lanes: readonly {
    readonly name: string;
    /** Attempts of the lane in the range */
    readonly attempts: number;
    /** One by one, unless `density` sums them up */
    readonly spans?: {
      readonly number: readonly number[];
      readonly attempt: readonly number[];
      /** Milliseconds since `origin` */
      readonly start: readonly (number | null)[];
      /** Milliseconds since `origin`; null: under way */
      readonly end: readonly (number | null)[];
      readonly ending: readonly ("c" | "p" | "f" | "x" | "l" | "g" | "w" | "k" | "r")[];
    };
    readonly density?: {
      /** Milliseconds since `origin`; bins are equally long */
      readonly t0: readonly (number | null)[];
      /** Attempts under way, on average over the bin */
      readonly busy: readonly number[];
    };
  }[];
  /** Lanes in the range; `lanes` may be fewer */
  readonly lanesTotal: number;
};

export type CurvesChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Null: the reported value */
  readonly metric: string | null;
  /** `time`: milliseconds since the attempt began */
  readonly axis: "step" | "time";
  readonly curves: readonly {
    readonly number: number;
    /** c: complete; i: complete, but infeasible; p: pruned; f: failed; r: running; w: paused; x: cancelled */
    readonly state: "c" | "i" | "p" | "f" | "r" | "w" | "x";
    /** The newest */
    readonly attempt: number;
    /** Place on the axis */
    readonly step: readonly (number | null)[];
    readonly value: readonly (number | null)[];
    /** How many there are; thinned, each stretch keeps its lowest and highest value */
    readonly reports: number;
    /** Place on the axis of the last report; absent while the trial is open */
    readonly endedAt?: number;
  }[];
  /** Deciles and median over all curves; a curve counts with its last value in each step */
  readonly band: {
    readonly step: readonly (number | null)[];
    readonly q10: readonly (number | null)[];
    readonly q50: readonly (number | null)[];
    readonly q90: readonly (number | null)[];
    /** Curves that reach the step */
    readonly n: readonly number[];
    /** Curves that it is taken from */
    readonly trials: number;
    /** Trials that match; more than `trials`: it is taken from a sample */
    readonly of: number;
  };
};

export type FrontChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Of a study with several objectives; null: one */
  readonly objectives: (readonly {
    readonly name: string;
    readonly direction: "minimize" | "maximize";
    readonly reference: number | null;
  }[]) | null;
  /** Trials of the Pareto set; `points` may hold fewer of them */
  readonly size: number;
  readonly points: {
    /** By objective */
    readonly values: Readonly<Record<string, readonly (number | null)[]>>;
    readonly number: readonly number[];
    readonly onFront: readonly boolean[];
    readonly feasible: readonly boolean[];
  };
  /** Null: the study has no reference point, or the set is too large to be measured */
  readonly hypervolume: {
    /** The trials up to and including this one */
    readonly number: readonly number[];
    readonly value: readonly (number | null)[];
  } | null;
};

export type DegradationChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  readonly metric: string;
  /** Validated trials, by number */
  readonly items: readonly {
    readonly number: number;
    /** The metric in the search; of a trial without it the value */
    readonly inSample: number | null;
    /** Mean over the seeds, each of which trades its folds one after the other */
    readonly outOfSample: number | null;
    /** The lowest of any seed and fold */
    readonly low: number | null;
    /** The highest of any seed and fold */
    readonly high: number | null;
    /** Evaluations of a seed on a fold that have no such figure, or NaN; `low` and `high` are of the others */
    readonly without: number;
    readonly seeds: number;
    readonly folds: number;
    /** False: folds are still to be evaluated */
    readonly complete: boolean;
  }[];
};

export type LuckChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** The trial that is judged; null: none was validated */
  readonly number: number | null;
  /** Its worst seed */
  readonly seed: number | null;
  /** Daily Sharpe ratio of that seed over all folds */
  readonly observed: number | null;
  /** Days that it rests on */
  readonly days: number;
  readonly skew: number | null;
  /** Raw: 3 for a normal distribution */
  readonly kurtosis: number | null;
  readonly trialsTried: number;
  /** Over all studies that read the same data, this one included */
  readonly trialsOnSameData: number;
  /** Of the ratios of trials without skill over these days: 1 / (days - 1) */
  readonly variance: number | null;
  /** Of the ratios of the complete trials of the study, as measured */
  readonly trialsVariance: number | null;
  /** The bar: what the luckiest of all worthless trials would show */
  readonly expectedMaximum: number | null;
  /** That the true ratio is above the bar */
  readonly probability: number | null;
  /** What the gate policy of the study asks; null: it does not ask */
  readonly threshold: number | null;
  /** Days that the gate policy asks; null: it does not ask */
  readonly minimumDays: number | null;
  readonly severity: "refuse" | "warn" | null;
  /** The bar against the number of trials; empty where the days are not known */
  readonly curve: {
    readonly trials: readonly number[];
    readonly bar: readonly (number | null)[];
  };
  /** Daily Sharpe ratios of the complete trials in the search; the last bin includes its end */
  readonly histogram: {
    readonly x0: readonly (number | null)[];
    readonly x1: readonly (number | null)[];
    readonly n: readonly number[];
  };
};

export type OverfitChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  /** Why nothing can be told; null: it can */
  readonly because: string | null;
  /** Complete trials with daily returns of the same days */
  readonly trials: number;
  readonly days: number;
  /** Of days, of which every half picks a best trial */
  readonly blocks: number;
  /** Halves */
  readonly combinations: number;
  /** Halves whose best trial is in the lower half of all on the other half */
  readonly belowMedian: number;
  /** Their share: the probability of backtest overfitting. It refuses nothing */
  readonly pbo: number | null;
  /** Halves whose best trial loses on the other half */
  readonly losing: number;
  /** Their share, which the gate `overfit` asks of */
  readonly probabilityOfLoss: number | null;
  /** Most that the gate policy of the study allows; null: it does not ask */
  readonly threshold: number | null;
  readonly severity: "refuse" | "warn" | null;
  /** Of the best trial’s ratio on the other half over that on its own */
  readonly slope: number | null;
  readonly intercept: number | null;
  /** Histogram of ln(w / (1 - w)), w the relative rank of the best trial on the other half; no bin has 0 inside */
  readonly logits: {
    readonly x0: readonly (number | null)[];
    readonly x1: readonly (number | null)[];
    readonly n: readonly number[];
  };
  /** Trials that were the best of a half, by how many; their median rank on the other half, 1 the best */
  readonly winners: {
    readonly number: readonly number[];
    readonly halves: readonly number[];
    readonly medianRank: readonly (number | null)[];
  };
  /** Rank of each trial on the earlier half of the days and on the later one, 1 the best; the best 100 of the earlier */
  readonly ranks: {
    readonly number: readonly number[];
    readonly first: readonly (number | null)[];
    readonly second: readonly (number | null)[];
  };
};

export type SameDataChart = {
  /** Of the study, as it is drawn */
  readonly revision: number;
  /** Trials that were begun and meet `states` and `where` */
  readonly total: number;
  /** Those of them that have what is drawn */
  readonly used: number;
  /** Those of them that are drawn one by one; fewer than `used`: the chart is reduced */
  readonly shown: number;
  /** How: summed up in bins; a sample, the same in each answer; only the trade-offs */
  readonly reduced: "none" | "bins" | "sample" | "front";
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  readonly metric: string;
  readonly axis: ChartAxis & unknown;
  /** That read the same data and have validated trials with the parameter; this one first */
  readonly studies: readonly string[];
  /** Studies whose validated trials were read: this one and the newest others */
  readonly asked: number;
  /** This study and all others with validations on the same data */
  readonly onSameData: number;
  /** Place in `studies` */
  readonly study: readonly number[];
  readonly number: readonly number[];
  /** The parameter */
  readonly x: readonly (number | null)[];
  readonly outOfSample: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** Evaluations of a seed on a fold without the figure; `low` and `high` are of the others */
  readonly without: readonly number[];
  /** Validated trials with the parameter whose figure is not known: an evaluation has none, or NaN */
  readonly unknown: number;
  /** Validated trials on the same data without the parameter, or with a value this study does not know */
  readonly others: number;
};

export type Equity = {
  readonly address: string;
  /** True: a point a step, of one fold and seed; false: a point a day */
  readonly steps: boolean;
  /** The drawdown that ends an episode; null: not known */
  readonly drawdownLimit: number | null;
  /** The seed with the lowest return over all folds */
  readonly worstSeed: number | null;
  /** Of the newest walk-forward; empty: the trial was never validated */
  readonly folds: readonly {
    readonly fold: number;
    /** RFC 3339, UTC */
    readonly testStart: string;
    /** RFC 3339, UTC */
    readonly testEnd: string;
    /** How many there are; `dates` may be fewer, each stretch with its lowest and highest */
    readonly points: number;
    /** ISO days; null: the days are not known, or points are steps */
    readonly dates: (readonly string[]) | null;
    /** Place of each point in the fold, from 0 */
    readonly index: readonly number[];
    readonly lines: readonly {
      /** `policy`, or the name of a baseline */
      readonly subject: string;
      /** Null for a baseline */
      readonly seed: number | null;
      /** Net, as a multiple of the account at the beginning of the fold, after each point */
      readonly equity: readonly (number | null)[];
      /** Fall from the highest point of the fold so far, a fraction from 0 */
      readonly drawdown: readonly (number | null)[];
      /** Costs paid so far, a fraction of the account at the beginning, spread evenly over the fold; null where they are not known */
      readonly costs: (readonly (number | null)[]) | null;
      readonly totalReturn: number | null;
      readonly maxDrawdown: number | null;
      readonly earlyTerminations: number;
    }[];
  }[];
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type FoldLayout = {
  readonly address: string;
  /** How far the search of this trial looked (exclusive), at the furthest and into each data set; null: it did not say */
  readonly search: {
    /** RFC 3339, UTC */
    readonly end: string;
    readonly datasets: readonly {
      readonly name: string;
      readonly hash: string;
      /** RFC 3339, UTC */
      readonly end: string | null;
    }[];
  } | null;
  /** In time order; empty: the trial was never validated */
  readonly folds: readonly {
    readonly fold: number;
    readonly train: readonly FoldPart[];
    readonly test: readonly FoldPart[];
    /** Left out between training and test; sessions are known where the scheme counts them */
    readonly purge: {
      readonly bars: number;
      readonly sessions: number | null;
      /** RFC 3339, UTC */
      readonly start: string;
      /** RFC 3339, UTC */
      readonly end: string;
    };
    /** Left out behind a test part; null: none */
    readonly embargo: {
      readonly bars: number;
      readonly sessions: number;
    } | null;
    /** Why the fold is no evidence: its test begins before the search ended; null: it is */
    readonly seen: string | null;
    /** Net return of the test by seed, as far as evaluated */
    readonly returns: {
      readonly seed: readonly number[];
      readonly totalReturn: readonly (number | null)[];
    };
    /** The lowest of them, NaN where one of them is; null without a flag: none was evaluated */
    readonly worst: number | null;
  }[];
  /** Seeds that were asked for */
  readonly seeds: readonly number[];
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type FoldPart = {
  /** RFC 3339, UTC */
  readonly start: string;
  /** Exclusive */
  readonly end: string;
  readonly sessions: number | null;
};

export type FoldReturns = {
  /** `policy`, or the name of a baseline */
  readonly subject: string;
  /** Null for a baseline */
  readonly seed: number | null;
  readonly fold: number;
  /** RFC 3339, UTC */
  readonly testStart: string;
  /** RFC 3339, UTC */
  readonly testEnd: string;
  /** One net return per session, a fraction of the account, in time order */
  readonly dailyReturns: readonly (number | null)[];
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type ValidationPaths = {
  readonly address: string;
  /** `cpcv:6,2`; null: the trial has no combinatorial validation */
  readonly scheme: string | null;
  /** Seeds of which every split is evaluated */
  readonly seeds: readonly number[];
  /** How many seeds were asked for */
  readonly asked: number;
  /** Quantiles of the daily Sharpe ratios of all paths and seeds */
  readonly sharpeDaily: {
    readonly p05: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
  };
  readonly items: readonly ValidationPath[];
  readonly folds: readonly ValidationSplit[];
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type ValidationPath = {
  readonly seed: number;
  readonly path: number;
  readonly days: number;
  readonly totalReturn: number | null;
  readonly sharpeDaily: number | null;
  readonly maxDrawdown: number | null;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type ValidationSplit = {
  readonly fold: number;
  readonly groups: readonly number[];
  readonly trainedSessions: number;
  readonly testedSessions: number;
  readonly purgedSessions: number;
  readonly embargoedSessions: number;
};

export type Gates = {
  readonly address: string;
  /** True if no gate refuses */
  readonly passed: boolean;
  readonly policies: readonly {
    readonly name: string;
    readonly version: string;
    /** `named` in the request, the `study`’s own, or its numbers when the first trial completed, which have changed since */
    readonly by: "named" | "study" | "before";
  }[];
  readonly verdicts: readonly GateResult[];
  /** The alias of `to`; null: none was named, and what a promotion asks beside was not asked */
  readonly to: {
    readonly model: string;
    readonly alias: string;
    /** What the alias names now; null: nothing */
    readonly version: number | null;
  } | null;
  /** Of these results and of what the alias names: the ETag, which a promotion takes in If-Match; null without `to` */
  readonly tag: string | null;
};

export type GateResult = {
  readonly gate: string;
  /** Of the rule, and a hash of its numbers */
  readonly version: string;
  /** A failure of `warn` refuses nothing */
  readonly severity: "refuse" | "warn";
  readonly passed: boolean;
  /** Null where there was nothing to observe, which never passes */
  readonly observed: number | null;
  readonly threshold: number;
  readonly op: ">=" | "<=" | ">" | "<" | "==";
  readonly because: string;
  /** Values that are null because JSON cannot represent them, by name */
  readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
};

export type TrialVault = {
  readonly address: string;
  /** The last sessions of a data set, which nothing reads before one look; null: the study keeps none */
  readonly vault: {
    readonly dataset: string;
    readonly hash: string;
    readonly sessions: number;
    /** RFC 3339, UTC */
    readonly from: string;
    /** Exclusive */
    readonly until: string;
  };
  /** The look of this trial; null: the vault is closed to it */
  readonly opened: {
    /** Its sequence in the ledger */
    readonly record: number;
    /** RFC 3339, UTC */
    readonly at: string;
    readonly by: string;
    readonly reason: string;
  };
  /** What the look showed; null: nothing yet */
  readonly result: {
    /** Its sequence in the ledger */
    readonly record: number;
    /** RFC 3339, UTC */
    readonly at: string;
  };
  /** By seed, as the ledger has it */
  readonly items: readonly {
    readonly seed: number;
    readonly days: number;
    readonly policyHash: string;
    readonly metrics: Readonly<Record<string, number | null>>;
    /** Values that are null because JSON cannot represent them, by name */
    readonly nonFinite?: Readonly<Record<string, "NaN" | "Infinity" | "-Infinity">>;
  }[];
};

export type Model = {
  readonly name: string;
  readonly aliases: readonly {
    readonly alias: string;
    readonly version: number;
    /** RFC 3339, UTC */
    readonly movedAt: string;
    /** When its evidence is too old; null: no record promoted it */
    readonly expiresAt: string | null;
    readonly expired: boolean;
    /** Every time that it came past its gates by an override */
    readonly overrides: readonly {
      readonly sequence: number;
      /** RFC 3339, UTC */
      readonly at: string;
      readonly by: string;
      readonly requestedBy: string;
      readonly reason: string | null;
      /** Of the promotion, which came beside that of the override; null: none did */
      readonly promotionReason: string | null;
    }[];
  }[];
  /** How many */
  readonly versions: number;
  /** RFC 3339, UTC */
  readonly createdAt: string;
};

export type ModelDetail = {
  readonly name: string;
  readonly aliases: readonly {
    readonly alias: string;
    readonly version: number;
    /** RFC 3339, UTC */
    readonly movedAt: string;
    /** When its evidence is too old; null: no record promoted it */
    readonly expiresAt: string | null;
    readonly expired: boolean;
    /** Every time that it came past its gates by an override */
    readonly overrides: readonly {
      readonly sequence: number;
      /** RFC 3339, UTC */
      readonly at: string;
      readonly by: string;
      readonly requestedBy: string;
      readonly reason: string | null;
      /** Of the promotion, which came beside that of the override; null: none did */
      readonly promotionReason: string | null;
    }[];
  }[];
  readonly versions: readonly {
    readonly address: string;
    readonly version: number;
    readonly trial: string;
    readonly policyHash: string;
    readonly aliases: readonly string[];
    /** RFC 3339, UTC */
    readonly createdAt: string;
    /** When its evidence is too old; null: no record promoted it */
    readonly expiresAt: string | null;
    readonly expired: boolean;
    /** Every time that it came past its gates by an override */
    readonly overrides: readonly {
      readonly sequence: number;
      /** RFC 3339, UTC */
      readonly at: string;
      readonly by: string;
      readonly requestedBy: string;
      readonly reason: string | null;
      /** Of the promotion, which came beside that of the override; null: none did */
      readonly promotionReason: string | null;
    }[];
  }[];
  /** RFC 3339, UTC */
  readonly createdAt: string;
  /** The newest decision on it, which may be a refusal */
  readonly lastDecision: Decision | null;
};

export type Decision = {
  readonly sequence: number;
  /** RFC 3339, UTC */
  readonly at: string;
  readonly by: string;
  readonly kind: "promoted" | "refused" | "override" | "rollback" | "vault-opened" | "vault-result";
  /** Null, as the alias: a record about the vault of a trial */
  readonly model: string | null;
  readonly version: number | null;
  readonly alias: string | null;
  readonly address: string;
  /** Null: nothing was decided */
  readonly passed: boolean | null;
  /** Names of the gates that refused */
  readonly failedGates: readonly string[];
  /** Names of the gates that warned, which refuses nothing */
  readonly warnings: readonly string[];
  readonly reason: string | null;
  /** Null: no override */
  readonly override: {
    /** Sequence of the refusal that was set aside */
    readonly refusal: number;
    readonly requestedBy: string;
    /** Of the promotion, which came beside that of the override; null: none did */
    readonly promotionReason: string | null;
  };
  /** When the evidence of a promotion is too old */
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** SHA-256 of the evidence bundle; null: none */
  readonly bundleHash: string | null;
  readonly hash: string;
  readonly previousHash: string;
  /** Public key of the signature; null: not signed */
  readonly signer: string | null;
  /** Ed25519 signature of the hash, as base64 */
  readonly signature: string | null;
};

export type ModelBoard = {
  readonly name: string;
  /** Aliases, `champion` first; `previous`: the version that a rollback would return to, null: none */
  readonly columns: readonly {
    readonly alias: string;
    readonly version: number;
    /** RFC 3339, UTC */
    readonly movedAt: string;
    readonly previous: number | null;
  }[];
  /** Versions, the newest first; 100 at most */
  readonly cards: readonly {
    readonly address: string;
    readonly version: number;
    readonly trial: string;
    readonly aliases: readonly string[];
    readonly policyHash: string;
    /** RFC 3339, UTC */
    readonly createdAt: string;
    /** When its evidence is too old; null: no record promoted it */
    readonly expiresAt: string | null;
    readonly expired: boolean;
    /** Every time that it came past its gates by an override */
    readonly overrides: readonly {
      readonly sequence: number;
      /** RFC 3339, UTC */
      readonly at: string;
      readonly by: string;
      readonly requestedBy: string;
      readonly reason: string | null;
      /** Of the promotion, which came beside that of the override; null: none did */
      readonly promotionReason: string | null;
    }[];
    /** The newest that promoted it; null: the ledger has none */
    readonly decision: Decision | null;
    /** Verdicts of that decision; refused ones were overridden */
    readonly gates: {
      readonly passed: number;
      readonly warned: number;
      readonly refused: number;
    };
    readonly data: readonly {
      readonly name: string;
      readonly hash: string;
    }[];
  }[];
  readonly versions: number;
  /** The newest first; `/history` has all */
  readonly ledger: readonly Decision[];
  readonly records: number;
  /** The newest decision on it, which may be a refusal */
  readonly lastDecision: Decision | null;
};

export type Promoted = {
  readonly address: string;
  /** Whether no gate refused */
  readonly passed: boolean;
  /** What the alias names now; null: refused, and recorded */
  readonly version: number | null;
  /** Versions of the gate policies that were asked */
  readonly policies: readonly string[];
  readonly verdicts: readonly GateResult[];
  readonly promotion: Decision;
  /** Whether the record reached the witness outside of the database; null: there is no witness */
  readonly witnessed: {
    readonly place: string;
    readonly failure: string | null;
  } | null;
};

export type RolledBack = {
  readonly model: string;
  readonly alias: string;
  /** What the alias names now */
  readonly version: number;
  readonly previousVersion: number;
  /** When the version before may return to the alias */
  readonly mayReturnAt: string;
  readonly record: Decision;
  /** Whether the record reached the witness outside of the database; null: there is no witness */
  readonly witnessed: {
    readonly place: string;
    readonly failure: string | null;
  } | null;
};

export type ModelVersion = {
  readonly address: string;
  readonly model: string;
  readonly version: number;
  readonly trial: string;
  /** SHA-256 of policy.onnx */
  readonly policyHash: string;
  readonly bytes: number;
  readonly aliases: readonly string[];
  /** RFC 3339, UTC */
  readonly createdAt: string;
  /** When its evidence is too old; null: no record promoted it */
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** Every time that it came past its gates by an override */
  readonly overrides: readonly {
    readonly sequence: number;
    /** RFC 3339, UTC */
    readonly at: string;
    readonly by: string;
    readonly requestedBy: string;
    readonly reason: string | null;
    /** Of the promotion, which came beside that of the override; null: none did */
    readonly promotionReason: string | null;
  }[];
  /** The newest decision that promoted it; null if the ledger has none */
  readonly promotion: Decision | null;
  /** The whole record of that decision: parameters, data, folds, verdicts, metrics, code */
  readonly record: Readonly<Record<string, unknown>>;
};

export type LedgerReport = {
  /** No finding failed */
  readonly intact: boolean;
  readonly records: number;
  /** Hash of the newest record, to be kept elsewhere (null: the ledger is empty) */
  readonly head: string | null;
  /** How many records follow the head or anchor that was given */
  readonly recordsAfter: number | null;
  /** How many policies were read and compared with their hash */
  readonly policies: number;
  /** How many evidence bundles were read and compared with their hash */
  readonly bundles: number;
  /** How many verdicts were computed again and are the same, bit for bit; null: not asked for */
  readonly recomputed: number | null;
  /** How many verdicts only another release can compute again */
  readonly foreign: number;
  /** Where the server keeps hashes outside of the database; null: nowhere */
  readonly witness: string | null;
  /** How many records have no signature: those of before the ledger was signed */
  readonly unsigned: number;
  /** Every public key in use, the oldest first */
  readonly keys: readonly {
    readonly key: string;
    readonly records: number;
  }[];
  readonly findings: readonly {
    readonly check: "chain" | "record" | "tables" | "policy" | "witness" | "head" | "anchor" | "signature" | "bundle" | "verdict";
    readonly state: "fail" | "warn";
    readonly place: string;
    readonly found: string;
  }[];
};

export type LedgerRecord = {
  readonly decision: Decision;
  /** The whole record: parameters, data, folds, verdicts, metrics, code */
  readonly record: Readonly<Record<string, unknown>>;
};

export type LedgerAnchor = {
  /** Hash and number, joined by a colon */
  readonly anchor: string;
  /** Of the newest record; 64 zeros for an empty ledger */
  readonly hash: string;
  readonly records: number;
};

export type DataSets = {
  readonly items: readonly {
    readonly name: string;
    /** SHA-256 of the content */
    readonly hash: string;
    /** True: it is in the data directory of this server, with this content */
    readonly here: boolean;
    readonly symbols: readonly string[];
    /** Such as `csv`, `import` or the generator; null: it is not here */
    readonly origin: string | null;
    readonly calendar: string | null;
    readonly bars: number | null;
    readonly sessions: number | null;
    readonly range: {
      /** RFC 3339, UTC */
      readonly from: string;
      /** Exclusive */
      readonly until: string;
    } | null;
    readonly quality: {
      /** Between neighbours of one session, over all symbols */
      readonly missingBars: number;
      /** Of the calendar, over all symbols; null: not counted */
      readonly missingSessions: number | null;
      readonly faults: readonly {
        readonly symbol: string;
        readonly kind: string;
        readonly count: number;
      }[];
    } | null;
    /** Studies that are bound to this content, with how many of their trials were begun and validated */
    readonly readers: readonly {
      readonly study: string;
      readonly trials: number;
      readonly validated: number;
    }[];
  }[];
};
