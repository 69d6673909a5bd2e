/** A client of the API of `assay serve`, for Node 20 or later and for browsers: `import … from 'assay/client'`. It loads nothing else. */
export type * from './api.ts';
export { type Call, type CallOptions, type Client, createClient, type OperationName, tagOf } from './client.ts';
export type { FollowOptions, StudyEvent } from './follow.ts';
export { ApiProblem, type FieldFault } from './problem.ts';
export type { ClientOptions } from './send.ts';
