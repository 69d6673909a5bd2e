import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError, type ErrorCode } from '../../core/errors.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import type { Db } from '../../storage/database.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import { getArtifact, listArtifacts, putArtifact } from './artifacts.ts';
import type { Call, CallContext, Calls } from './calls/call.ts';
import { experimentCalls } from './calls/experiments.ts';
import { modelCallOf, modelCalls } from './calls/models.ts';
import { runCalls } from './calls/runs.ts';
import { answerFault, MlflowFault } from './fault.ts';
import { type Fields, limits, optionalText, parseBody } from './fields.ts';
import { createMetricWriter } from './store/write-metrics.ts';

interface DoorOptions {
  readonly db: Db;
  /** Where artifacts lie, unless ASSAY_ARTIFACTS names another store. Default: as everywhere. */
  readonly dataDir?: string | undefined;
  /** Receives the error behind every answer that a client cannot have caused. */
  readonly onFault: (error: unknown) => void;
}

/** MLflow's tracking server on our tables. */
export interface Door {
  /** True for a path that is MLflow's. */
  readonly has: (path: string) => boolean;
  /** @param target the request's path and query as they came, before `..` was resolved in them */
  readonly answer: (request: Request, target: string) => Promise<Response>;
}

/** The version of the client that the recorded traffic is of. */
const version = '3.17.2';

const calls: Calls = { ...experimentCalls, ...runCalls, ...modelCalls };

/** Below `/api` or `/ajax-api`. */
const apiPath = /^\/(?:ajax-)?api\/[23]\.0\/(mlflow|mlflow-artifacts)(?:\/|$)/;

/** What a client asks before it downloads; it uses none of these. */
const serverInfo = {
  store_type: 'SqlStore',
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
  presigned_upload_run_id_supported: false,
  presigned_upload_model_id_supported: false,
  features_enabled: {},
};

export function createDoor({ db, dataDir, onFault }: DoorOptions): Door {
  const context: CallContext = { db, metrics: createMetricWriter(db) };
  let store: ArtifactStore | undefined;
  const openStore = (): ArtifactStore => {
    store ??= createArtifactStore(dataDirOf(dataDir));
    return store;
  };

  const answer = async (request: Request, target: string): Promise<Response> => {
    const [path, query] = split(target);
    const room = apiPath.exec(path);
    if (room === null) return new Response(path === '/version' ? version : 'OK', { headers: { 'content-type': 'text/plain' } });
    const rest = path.slice(room[0].length);
    if (room[1] === 'mlflow-artifacts') return artifact(request, rest, query);
    const { method } = request;
    if (`${method} ${rest}` === 'GET server-info') return Response.json(serverInfo);
    const call = callOf(method, rest);
    if (call === undefined) throw new MlflowFault('ENDPOINT_NOT_FOUND', `there is no ${method} ${path.slice(0, 200)} here`);
    const answered = await call(method === 'GET' ? fieldsOf(query) : parseBody(await bodyOf(request)), context);
    return new Response(typeof answered === 'string' ? answered : JSON.stringify(answered), {
      headers: { 'content-type': 'application/json' },
    });
  };

  const artifact = async (request: Request, rest: string, query: string): Promise<Response> => {
    const { method } = request;
    if (method === 'GET' && rest === 'artifacts') return listArtifacts(db, optionalText(fieldsOf(query), 'path') ?? '');
    const path = /^artifacts\/(.*)$/s.exec(rest)?.[1];
    if (path !== undefined && method === 'PUT') return putArtifact(db, openStore(), path, request.body);
    if (path !== undefined && method === 'GET') return getArtifact(db, openStore(), path, request.headers.get('range'));
    throw new MlflowFault('ENDPOINT_NOT_FOUND', `there is no ${method} of mlflow-artifacts/${rest.slice(0, 200)} here`);
  };

  return {
    has: (path) => apiPath.test(path) || path === '/version' || path === '/health',
    answer: async (request, target) => {
      try {
        return await answer(request, target);
      } catch (error) {
        const fault = faultOf(error);
        if (fault.code === 'INTERNAL_ERROR' || fault.code === 'TEMPORARILY_UNAVAILABLE') onFault(error);
        return answerFault(fault);
      }
    },
  };
}

function callOf(method: string, path: string): Call | undefined {
  const key = `${method} ${path}`;
  return Object.hasOwn(calls, key) ? calls[key] : modelCallOf(method, path);
}

function split(target: string): readonly [path: string, query: string] {
  // The target of a proxy is a whole URL.
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const at = local.indexOf('?');
  return at === -1 ? [local, ''] : [local.slice(0, at), local.slice(at + 1)];
}

/** Fields of a query; one that is repeated is a list. */
function fieldsOf(query: string): Fields {
  const params = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(params.keys())].map((key) => {
      const all = params.getAll(key);
      return [key, all.length === 1 ? all[0] : all];
    }),
  );
}

/** The text of a body of at most a megabyte. @throws MlflowFault */
async function bodyOf(request: Request): Promise<string> {
  const tooLarge = (): MlflowFault =>
    new MlflowFault('REQUEST_LIMIT_EXCEEDED', 'the request is larger than a megabyte; log in smaller batches');
  if (Number(request.headers.get('content-length') ?? 0) > limits.body) throw tooLarge();
  if (request.headers.has('content-length')) return request.text();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > limits.body) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Whatever was thrown as what a client hears: nothing of the database's own words. */
function faultOf(error: unknown): MlflowFault {
  if (error instanceof MlflowFault) return error;
  const coded = error instanceof AssayError ? error : databaseFault(error);
  const told = coded === undefined ? undefined : faults[coded.code]?.(coded);
  return told ?? new MlflowFault('INTERNAL_ERROR', 'a fault of the server; its log says more');
}

const unavailable = (): MlflowFault =>
  new MlflowFault('TEMPORARILY_UNAVAILABLE', 'the database or the artifact store does not answer; try again in a moment');

const lost = ({ message }: AssayError): MlflowFault => new MlflowFault('RESOURCE_DOES_NOT_EXIST', message);

/** Our errors as MLflow's; what is left out is a fault of the server. */
const faults: { readonly [Code in ErrorCode]?: (error: AssayError) => MlflowFault } = {
  usage: () => new MlflowFault('INVALID_PARAMETER_VALUE', 'the database cannot take a value of this request'),
  forbidden: () => new MlflowFault('PERMISSION_DENIED', "the server's role of the database may not do this"),
  disk_full: ({ message }) => new MlflowFault('INSUFFICIENT_STORAGE', message),
  database_unavailable: unavailable,
  unavailable,
  data_invalid: lost,
  not_found: lost,
};
