import protobuf from 'protobufjs';

/** The service of Optuna's storage proxy (package `optuna`), as its client speaks it; written from the recorded field numbers. */
const definition = `
  syntax = "proto3";
  package optuna;
  enum StudyDirection { MINIMIZE = 0; MAXIMIZE = 1; }
  enum TrialState { RUNNING = 0; COMPLETE = 1; PRUNED = 2; FAIL = 3; WAITING = 4; }
  message Study {
    int64 study_id = 1; string study_name = 2; repeated StudyDirection directions = 3;
    map<string, string> user_attributes = 4; map<string, string> system_attributes = 5;
  }
  message Trial {
    int64 trial_id = 1; int64 number = 2; TrialState state = 3; repeated double values = 4;
    string datetime_start = 5; string datetime_complete = 6;
    map<string, double> params = 7; map<string, string> distributions = 8;
    map<string, string> user_attributes = 9; map<string, string> system_attributes = 10;
    map<int64, double> intermediate_values = 11;
  }
  message Empty {}
  message StudyId { int64 study_id = 1; }
  message StudyName { string study_name = 1; }
  message NewStudy { repeated StudyDirection directions = 1; string study_name = 2; }
  message StudyAttribute { int64 study_id = 1; string key = 2; string value = 3; }
  message Directions { repeated StudyDirection directions = 1; }
  message UserAttributes { map<string, string> user_attributes = 1; }
  message SystemAttributes { map<string, string> system_attributes = 1; }
  message Studies { repeated Study studies = 1; }
  message NewTrial { int64 study_id = 1; Trial template_trial = 2; bool template_trial_is_none = 3; }
  message TrialId { int64 trial_id = 1; }
  message Parameter { int64 trial_id = 1; string param_name = 2; double param_value_internal = 3; string distribution = 4; }
  message TrialNumber { int64 study_id = 1; int64 trial_number = 2; }
  message StateValues { int64 trial_id = 1; TrialState state = 2; repeated double values = 3; }
  message Updated { bool trial_updated = 1; }
  message IntermediateValue { int64 trial_id = 1; int64 step = 2; double intermediate_value = 3; }
  message TrialAttribute { int64 trial_id = 1; string key = 2; string value = 3; }
  message OneTrial { Trial trial = 1; }
  message TrialsAfter { int64 study_id = 1; repeated int64 included_trial_ids = 2; int64 trial_id_greater_than = 3; }
`;

const root = protobuf.parse(definition, { keepCase: true }).root;

/** Each message's type, looked up once: by its name the tree would be searched at every call. */
const types = new Map<string, protobuf.Type>();

function typeOf(name: MessageName): protobuf.Type {
  const known = types.get(name) ?? root.lookupType(`optuna.${name}`);
  types.set(name, known);
  return known;
}

/** Names of the messages of each method: what it takes, what it answers. Names of messages are not sent. */
export const methods = {
  CreateNewStudy: ['NewStudy', 'StudyId'],
  DeleteStudy: ['StudyId', 'Empty'],
  SetStudyUserAttribute: ['StudyAttribute', 'Empty'],
  SetStudySystemAttribute: ['StudyAttribute', 'Empty'],
  GetStudyIdFromName: ['StudyName', 'StudyId'],
  GetStudyNameFromId: ['StudyId', 'StudyName'],
  GetStudyDirections: ['StudyId', 'Directions'],
  GetStudyUserAttributes: ['StudyId', 'UserAttributes'],
  GetStudySystemAttributes: ['StudyId', 'SystemAttributes'],
  GetAllStudies: ['Empty', 'Studies'],
  CreateNewTrial: ['NewTrial', 'TrialId'],
  SetTrialParameter: ['Parameter', 'Empty'],
  GetTrialIdFromStudyIdTrialNumber: ['TrialNumber', 'TrialId'],
  SetTrialStateValues: ['StateValues', 'Updated'],
  SetTrialIntermediateValue: ['IntermediateValue', 'Empty'],
  SetTrialUserAttribute: ['TrialAttribute', 'Empty'],
  SetTrialSystemAttribute: ['TrialAttribute', 'Empty'],
  GetTrial: ['TrialId', 'OneTrial'],
  GetTrials: ['TrialsAfter', 'Trials'],
} as const;

export type MethodName = keyof typeof methods;

/** An int64 as decimal digits: ids and steps are passed on to the database, which compares them in full. */
type Int64 = string;

export type TextMap = Readonly<Record<string, string>>;

/** A trial as the wire has it. Times without a zone are UTC; '' is none. Categorical parameters are indices. */
export interface WireTrial {
  readonly trial_id: Int64;
  readonly number: Int64;
  readonly state: number;
  readonly values: readonly number[];
  readonly datetime_start: string;
  readonly datetime_complete: string;
  readonly params: Readonly<Record<string, number>>;
  readonly distributions: TextMap;
  readonly user_attributes: TextMap;
  readonly system_attributes: TextMap;
  readonly intermediate_values: Readonly<Record<string, number>>;
}

export interface WireStudy {
  readonly study_id: Int64;
  readonly study_name: string;
  readonly directions: readonly number[];
  readonly user_attributes: TextMap;
  readonly system_attributes: TextMap;
}

/** Every message with its fields; a field that was not sent has its default. */
export interface Messages {
  readonly Empty: Readonly<Record<never, never>>;
  readonly StudyId: { readonly study_id: Int64 };
  readonly StudyName: { readonly study_name: string };
  readonly NewStudy: { readonly directions: readonly number[]; readonly study_name: string };
  readonly StudyAttribute: { readonly study_id: Int64; readonly key: string; readonly value: string };
  readonly Directions: { readonly directions: readonly number[] };
  readonly UserAttributes: { readonly user_attributes: TextMap };
  readonly SystemAttributes: { readonly system_attributes: TextMap };
  readonly Studies: { readonly studies: readonly WireStudy[] };
  readonly NewTrial: { readonly study_id: Int64; readonly template_trial: WireTrial | null; readonly template_trial_is_none: boolean };
  readonly TrialId: { readonly trial_id: Int64 };
  readonly Parameter: {
    readonly trial_id: Int64;
    readonly param_name: string;
    readonly param_value_internal: number;
    readonly distribution: string;
  };
  readonly TrialNumber: { readonly study_id: Int64; readonly trial_number: Int64 };
  readonly StateValues: { readonly trial_id: Int64; readonly state: number; readonly values: readonly number[] };
  readonly Updated: { readonly trial_updated: boolean };
  readonly IntermediateValue: { readonly trial_id: Int64; readonly step: Int64; readonly intermediate_value: number };
  readonly TrialAttribute: { readonly trial_id: Int64; readonly key: string; readonly value: string };
  readonly OneTrial: { readonly trial: WireTrial };
  readonly TrialsAfter: {
    readonly study_id: Int64;
    readonly included_trial_ids: readonly Int64[];
    readonly trial_id_greater_than: Int64;
  };
  /** Encoded already: each is a field of `GetTrialsReply` with its tag and length. */
  readonly Trials: readonly Uint8Array[];
  readonly Trial: WireTrial;
}

export type MessageName = keyof Messages;

/** Longs as text, since a number would round steps beyond 2^53; fields that were not sent get their defaults. */
const whole: protobuf.IConversionOptions = { longs: String, arrays: true, objects: true, defaults: true };

/** @throws what protobufjs throws for bytes that are no such message */
export function decode<Name extends Exclude<MessageName, 'Trials'>>(name: Name, bytes: Uint8Array): Messages[Name] {
  const type = typeOf(name);
  return type.toObject(type.decode(bytes), whole) as Messages[Name];
}

export function encode<Name extends MessageName>(name: Name, message: Messages[Name]): Buffer {
  if (name === 'Trials') return Buffer.concat(message as Messages['Trials']);
  const type = typeOf(name);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

/** A trial as one field of `GetTrialsReply`: tag and length before its bytes, so that a reply is a concatenation. */
export function encodeListed(trial: WireTrial): Uint8Array {
  const type = typeOf('Trial');
  return protobuf.Writer.create()
    .uint32(10)
    .bytes(type.encode(type.fromObject(trial)).finish())
    .finish();
}

/** Trials of a `GetTrialsReply`. @throws what protobufjs throws for bytes that are none */
export function* decodeListed(bytes: Uint8Array): Generator<WireTrial> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10) yield decode('Trial', reader.bytes());
    else reader.skipType(tag & 7);
  }
}
