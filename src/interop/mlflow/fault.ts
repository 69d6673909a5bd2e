/** Codes that MLflow's client knows, with the status that each is sent with. None is one that the client repeats. */
const statuses = {
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_ALREADY_EXISTS: 400,
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  PERMISSION_DENIED: 403,
  REQUEST_LIMIT_EXCEEDED: 413,
  RANGE_NOT_SATISFIABLE: 416,
  TEMPORARILY_UNAVAILABLE: 503,
  INSUFFICIENT_STORAGE: 507,
  INTERNAL_ERROR: 500,
} as const;

type FaultCode = keyof typeof statuses;

/** What a client of MLflow is refused with: `{ error_code, message }`. */
export class MlflowFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const invalid = (message: string): MlflowFault => new MlflowFault('INVALID_PARAMETER_VALUE', message);

export const missing = (message: string): MlflowFault => new MlflowFault('RESOURCE_DOES_NOT_EXIST', message);

/** Why nobody may write to a study that is not a client's of MLflow. */
export const readOnly = (what: string): MlflowFault =>
  invalid(`${what} belongs to a study that Assay or clients of another program drive: MLflow's clients may read it, not write to it`);

export function answerFault({ code, message }: MlflowFault): Response {
  return Response.json({ error_code: code, message }, { status: statuses[code] });
}
