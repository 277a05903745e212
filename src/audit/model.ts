/** Who did what to a pipeline or to a model, out of the records of CloudTrail and of Git. Pure. */
import { csvLine } from '../shared/csv';
import { lastPart } from '../shared/format';
import { isRecord, isString } from '../shared/guards';

/** What an audit trail is of: a pipeline, or a group of model versions. */
export interface Subject {
  kind: 'pipeline' | 'model';
  name: string;
}

/** A commit as Git tells it. */
export interface Commit {
  id: string;
  author: string;
  subject: string;
  /** The first tag that has it. */
  tag?: string;
}

/** One thing that was done. */
export interface Entry {
  id: string;
  /** On Local its own journal answers for CloudTrail. */
  source: 'CloudTrail' | 'Local' | 'Git';
  /** Milliseconds since the epoch. */
  at: number;
  who: string;
  /** How `who` was signed in: a role, an ARN; an e-mail address in Git. */
  as?: string;
  /** `Started run fx3k`. */
  what: string;
  /** A comment that was given with it. */
  comment?: string;
  /** `StartPipelineExecution`. */
  event?: string;
  /** Why it was not done: the error's name, and its message. */
  error?: string;
  /** The ARN of the run or of the version that it was done to. */
  target?: string;
  /** What leads to the commit: its id, or the SHA-256 of a definition that runs of a commit were started with. */
  commit?: string;
  definition?: string;
  branch?: string;
  /** The record as CloudTrail keeps it: JSON text. */
  record?: string;
}

/** What those who start runs write about where they come from, and how a definition is named. */
export interface Origins {
  /** The SHA-256 of a definition's text, in hexadecimal. */
  digestOf(definition: string): string;
  /** What the description of a run says. */
  readProvenance(description: string | undefined): { commit?: string; branch?: string; digest?: string } | undefined;
}

/** The commit of the run that made a version, as far as it says so. */
export type CommitOf = Pick<Entry, 'commit' | 'branch'>;

/** As much of an event as `LookupEvents` answers. */
export interface TrailEvent {
  EventId?: string | undefined;
  EventTime?: Date | undefined;
  Username?: string | undefined;
  CloudTrailEvent?: string | undefined;
}

/** The calls that change a pipeline or a model. CloudTrail looks for one name at a time. */
export const eventNames: Readonly<Record<Subject['kind'], readonly string[]>> = {
  pipeline: [
    'StartPipelineExecution',
    'CreatePipeline',
    'UpdatePipeline',
    'DeletePipeline',
    'StopPipelineExecution',
    'RetryPipelineExecution',
    'UpdatePipelineExecution',
    'UpdatePipelineVersion',
  ],
  model: [
    'UpdateModelPackage',
    'CreateModelPackage',
    'DeleteModelPackage',
    'CreateModelPackageGroup',
    'DeleteModelPackageGroup',
    'CreateModel',
  ],
};

/** The service that answers all of `eventNames`; other services have calls of the same name. */
const source = 'sagemaker.amazonaws.com';

/**
 * What an event says of a subject; undefined where it concerns another.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function entryOf(event: TrailEvent, subject: Subject, origins: Origins): Entry | undefined {
  const record = parsed(event.CloudTrailEvent);
  const name = text(record, 'eventName');
  if (name === undefined || text(record, 'eventSource') !== source) return undefined;
  const request = member(record, 'requestParameters');
  const response = member(record, 'responseElements');
  const said = subject.kind === 'pipeline' ? ofPipeline(name, request, response) : ofModel(name, request, response);
  if (said?.subject !== subject.name) return undefined;
  const { subject: _, ...what } = said;
  const [code, message] = [text(record, 'errorCode'), text(record, 'errorMessage')];
  const written = text(request, 'pipelineDefinition');
  const provenance = origins.readProvenance(text(request, 'pipelineExecutionDescription'));
  const commit = provenance?.commit ?? text(member(request, 'metadataProperties'), 'commitId');
  const definition = written === undefined ? provenance?.digest : origins.digestOf(written);
  return {
    id: event.EventId ?? '',
    source: 'CloudTrail',
    at: (event.EventTime ?? new Date(text(record, 'eventTime') ?? 0)).getTime(),
    ...caller(member(record, 'userIdentity'), event.Username),
    ...what,
    event: name,
    ...(code === undefined ? {} : { error: message === undefined ? code : `${code}: ${message}` }),
    ...(commit === undefined ? {} : { commit }),
    ...(provenance?.branch === undefined ? {} : { branch: provenance.branch }),
    ...(definition === undefined ? {} : { definition }),
    ...(event.CloudTrailEvent === undefined ? {} : { record: event.CloudTrailEvent }),
  };
}

type Said = Pick<Entry, 'what' | 'comment' | 'target'> & { subject: string | undefined };

function ofPipeline(name: string, request: unknown, response: unknown): Said | undefined {
  const own = text(request, 'pipelineName') ?? pipelineOf(text(request, 'pipelineArn'));
  const run = text(request, 'pipelineExecutionArn') ?? text(response, 'pipelineExecutionArn');
  const subject = own ?? pipelineOf(run);
  // A call names a pipeline by its ARN as well.
  const said = (what: string): Said => ({
    subject: subject?.includes(':') ? pipelineOf(subject) : subject,
    what,
    ...(run === undefined ? {} : { target: run }),
  });
  const called = text(request, 'pipelineExecutionDisplayName') ?? lastPart(run ?? '');
  switch (name) {
    case 'StartPipelineExecution':
      return said(`Started run ${called}`.trimEnd());
    case 'StopPipelineExecution':
      return said(`Stopped run ${called}`.trimEnd());
    case 'RetryPipelineExecution':
      return said(`Retried run ${called}`.trimEnd());
    case 'UpdatePipelineExecution':
      return said(`Changed name or description of run ${called}`.trimEnd());
    case 'CreatePipeline':
      return said('Created the pipeline');
    case 'UpdatePipeline':
      return said('Updated the pipeline');
    case 'UpdatePipelineVersion':
      return said('Changed name or description of a version');
    case 'DeletePipeline':
      return said('Deleted the pipeline');
    default:
      return undefined;
  }
}

function ofModel(name: string, request: unknown, response: unknown): Said | undefined {
  const [inRequest, named] = [text(request, 'modelPackageArn'), text(request, 'modelPackageName')];
  const arn = inRequest ?? text(response, 'modelPackageArn') ?? (named?.startsWith('arn:') ? named : undefined);
  const version = arn?.includes('/') ? ` version ${lastPart(arn)}` : '';
  const said = (what: string, subject = groupOf(arn), target = arn): Said => ({
    subject: subject?.startsWith('arn:') ? lastPart(subject) : subject,
    what,
    ...(target === undefined ? {} : { target }),
  });
  const group = text(request, 'modelPackageGroupName');
  switch (name) {
    case 'UpdateModelPackage': {
      const approval = text(request, 'modelApprovalStatus');
      const comment = text(request, 'approvalDescription');
      const verb = approval === 'Approved' || approval === 'Rejected' ? approval : 'Changed';
      return { ...said(`${verb}${version}`), ...(comment === undefined ? {} : { comment }) };
    }
    case 'CreateModelPackage':
      return said(`Registered${version || ' a version'}`, group);
    case 'DeleteModelPackage':
      return said(`Deleted${version}`);
    case 'CreateModelPackageGroup':
      return said('Created the model group', group);
    case 'DeleteModelPackageGroup':
      return said('Deleted the model group', group);
    case 'CreateModel': {
      const deployed = packageIn(request);
      const what = `Created model ${text(request, 'modelName') ?? ''} of version ${lastPart(deployed ?? '')}`;
      return deployed === undefined ? undefined : said(what, groupOf(deployed), deployed);
    }
    default:
      return undefined;
  }
}

/** The version that a call of `CreateModel` deploys. */
function packageIn(request: unknown): string | undefined {
  const listed = member(request, 'containers');
  const containers = [member(request, 'primaryContainer'), ...(Array.isArray(listed) ? (listed as unknown[]) : [])];
  return containers.flatMap((container) => text(container, 'modelPackageName') ?? [])[0];
}

/** Who called: the person of a session rather than its role, and how they were signed in. */
function caller(identity: unknown, username: string | undefined): Pick<Entry, 'who' | 'as'> {
  const arn = text(identity, 'arn');
  const service = text(identity, 'invokedBy');
  const issuer = text(member(member(identity, 'sessionContext'), 'sessionIssuer'), 'userName');
  const role = issuer ?? (arn?.includes(':assumed-role/') ? arn.split('/').at(-2) : undefined);
  const person =
    text(member(identity, 'sessionContext'), 'sourceIdentity') ??
    text(identity, 'userName') ??
    username ??
    (arn && lastPart(arn)) ??
    text(identity, 'principalId') ??
    'unknown';
  if (text(identity, 'type') === 'Root') return { who: 'root', ...(arn ? { as: arn } : {}) };
  const as = [...(role ? [`role ${role}`] : []), ...(service ? [`through ${service}`] : [])].join(', ') || arn;
  return { who: service !== undefined && arn === undefined ? service : person, ...(as ? { as } : {}) };
}

/**
 * Entries of all sources, the newest first. Those of an update have the commit whose runs had its definition, those of a
 * version the commit of the run that made it.
 *
 * @param versions what is known of versions, by their ARNs
 */
export function joined(entries: readonly Entry[], versions: ReadonlyMap<string, CommitOf> = new Map()): Entry[] {
  const known = new Map<string, Pick<Entry, 'commit' | 'branch'>>();
  for (const { commit, branch, definition } of entries) {
    if (commit !== undefined && definition !== undefined) {
      known.set(definition, { commit, ...(branch === undefined ? {} : { branch }) });
    }
  }
  const ids = new Set<string>();
  return entries
    .filter(({ id }) => !ids.has(id) && ids.add(id))
    .map((entry) =>
      entry.commit === undefined
        ? { ...entry, ...known.get(entry.definition ?? ''), ...commitIn(versions.get(entry.target ?? '')) }
        : entry,
    )
    .toSorted((a, b) => b.at - a.at);
}

/** The commit and the branch alone, whatever else is known. */
function commitIn({ commit, branch }: CommitOf = {}): CommitOf {
  return { ...(commit === undefined ? {} : { commit }), ...(branch === undefined ? {} : { branch }) };
}

const columns = [
  'Time',
  'Who',
  'Signed in as',
  'What',
  'Comment',
  'Error',
  'Resource',
  'Event',
  'Commit',
  'Branch',
  'Commit author',
  'Commit subject',
  'Tag',
  'Source',
] as const;

/** Entries as comma-separated values (RFC 4180), in UTC. */
export function csvOf(entries: readonly Entry[], commits: ReadonlyMap<string, Commit>): string {
  const rows = entries.map((entry) => {
    const commit = entry.commit === undefined ? undefined : commits.get(entry.commit);
    return [
      new Date(entry.at).toISOString(),
      entry.who,
      entry.as,
      entry.what,
      entry.comment,
      entry.error,
      entry.target,
      entry.event,
      entry.commit,
      entry.branch,
      commit?.author,
      commit?.subject,
      commit?.tag,
      entry.source,
    ];
  });
  return [columns, ...rows].map((row) => `${csvLine(row.map((cell) => harmless(cell ?? '')))}\r\n`).join('');
}

/** A cell; one that a spreadsheet would take for a formula begins with an apostrophe. */
function harmless(value: string): string {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

function parsed(record: string | undefined): unknown {
  try {
    return JSON.parse(record ?? '');
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return isString(found) && found !== '' ? found : undefined;
}

/** `…:pipeline/NAME` and `…:pipeline/NAME/execution/ID`. */
function pipelineOf(arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : /:pipeline\/([^/]+)/.exec(arn)?.[1];
}

/** `…:model-package/GROUP/VERSION`. */
function groupOf(arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : /:model-package\/([^/]+)/.exec(arn)?.[1];
}
