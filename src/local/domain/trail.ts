import { randomUUID } from 'node:crypto';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { account, executionRole, region } from './arns';

/** A call that has changed something, as CloudTrail keeps it. */
export interface TrailEvent {
  id: string;
  at: Date;
  name: string;
  /** `codepipeline.amazonaws.com` */
  source: string;
  /** The names and ARNs that the request or its answer has. */
  resources: string[];
  /** The record itself: JSON text. */
  text: string;
}

/** Days that events are kept, as in the event history. */
const keptDays = 90;
/** The longest text of a request or answer that is kept. */
const longest = 20_000;
const hidden = /token|secret|password|credential|environmentVariables|Payload|ZipFile/i;

export const trail = recordsOf<TrailEvent>(
  'trail',
  {
    columns: 'name TEXT NOT NULL, source TEXT NOT NULL, at REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS trail_by_time ON trail (at)',
  },
  ({ id, name, source, at }) => ({ id, name, source, at: at.getTime() }),
);

export const trailUser = 'local';

/** Keeps a call. Secrets, tokens and variables are not in it. */
export function noteCall(
  store: Store,
  call: {
    service: string;
    operation: string;
    input: unknown;
    output?: unknown;
    error?: { type: string; message: string };
    /** The service that has made the call for a user: `sagemaker`. */
    by?: string;
  },
): void {
  const at = new Date();
  const id = randomUUID();
  const source = `${call.service}.amazonaws.com`;
  const found = new Set<string>();
  const requestParameters = cleaned(call.input, found);
  const responseElements = cleaned(call.output, found);
  trail(store).put({
    id,
    at,
    name: call.operation,
    source,
    resources: [...found],
    text: JSON.stringify({
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROALOCALLOCALLOCALX:${trailUser}`,
        arn: `arn:aws:sts::${account}:assumed-role/${executionRole}/${trailUser}`,
        accountId: account,
        ...(call.by === undefined ? {} : { invokedBy: `${call.by}.amazonaws.com` }),
      },
      eventTime: at.toISOString().replace(/\.\d+Z$/, 'Z'),
      eventSource: source,
      eventName: call.operation,
      awsRegion: region,
      sourceIPAddress: call.by === undefined ? '127.0.0.1' : `${call.by}.amazonaws.com`,
      requestParameters: bounded(requestParameters),
      responseElements: bounded(responseElements) ?? null,
      ...(call.error ? { errorCode: call.error.type, errorMessage: call.error.message } : {}),
      eventID: id,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    }),
  });
}

/** Forgets what is too old. */
export function forgetOldCalls(store: Store): void {
  trail(store).delete('at < ?', Date.now() - keptDays * 86_400_000);
}

/** A request without what nobody should read; notes the names of resources on the way. */
function cleaned(value: unknown, found: Set<string>, key = ''): unknown {
  if (hidden.test(key)) return 'HIDDEN_DUE_TO_SECURITY_REASONS';
  if (typeof value === 'string') {
    if (/(^name|Name|Arn|Id)$/.test(key) && value.length <= 300) found.add(value);
    return value;
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, found, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [inRecord(name), cleaned(item, found, name)]));
}

/** A member as records name it: `pipelineName` for `PipelineName`. */
function inRecord(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function bounded(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text !== undefined && text.length > longest ? { omitted: `${text.length} characters` } : value;
}
