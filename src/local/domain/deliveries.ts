/** Pipelines of CodePipeline as they are kept: declarations by version, executions, actions and rules that have run. */
import type {
  ActionDeclaration,
  ActionExecutionStatus,
  ConditionExecutionStatus,
  ErrorDetails,
  ExecutionMode,
  ExecutionTrigger,
  ExecutionType,
  PipelineDeclaration,
  PipelineExecutionStatus,
  RetryTrigger,
  RuleDeclaration,
  RuleExecutionStatus,
  SourceRevisionOverride,
  StageExecutionStatus,
} from '@aws-sdk/client-codepipeline';
import { recordsOf } from '../store/part';
import { account, region } from './arns';

/** Whether runs may enter a stage. */
export interface Transition {
  enabled: boolean;
  by?: string;
  at?: Date;
  reason?: string;
}

/** Who is in a stage and who waits before it. */
export interface StageLock {
  /** The execution that is at work in the stage. */
  holder?: string;
  /** The one that entered it last. */
  latest?: string;
  /** Those that wait, in the order of their arrival. */
  inbound: string[];
  transition: Transition;
  /** The newest run of each of its actions, by name. */
  actions: Record<string, string>;
}

export interface Delivery {
  name: string;
  arn: string;
  version: number;
  declaration: PipelineDeclaration;
  createdAt: Date;
  updatedAt: Date;
  /** By the stage's name. */
  stages: Record<string, StageLock>;
  /** How many executions it has had. */
  started: number;
  /** The commits that sources were last seen at, by action and ref. */
  seen: Record<string, string>;
}

/** An artifact in the pipeline's store. */
export interface ArtifactPlace {
  bucket: string;
  key: string;
}

/** What a source action has brought. */
export interface Revision {
  artifact: string;
  revisionId: string;
  summary?: string;
  url?: string;
  at: Date;
}

export type ConditionKind = 'beforeEntry' | 'onSuccess' | 'onFailure';

export interface ConditionRun {
  status: ConditionExecutionStatus;
  summary?: string;
  /** Ids of its rules' runs. */
  rules: string[];
  changedAt: Date;
}

/** A stage as one execution goes through it. */
export interface StageRun {
  status: StageExecutionStatus;
  /** The newest run of each action, by name. */
  actions: Record<string, string>;
  conditions: Partial<Record<ConditionKind, ConditionRun>>;
  autoRetries: number;
  manualRetries: number;
  latestRetry?: RetryTrigger;
}

export interface DeliveryExecution {
  id: string;
  pipeline: string;
  /** The version of the declaration that it runs. */
  version: number;
  mode: ExecutionMode;
  type: ExecutionType;
  rollbackTarget?: string;
  status: PipelineExecutionStatus;
  statusSummary?: string;
  trigger: ExecutionTrigger;
  stopReason?: string;
  startedAt: Date;
  updatedAt: Date;
  /** Grows with every start: tells newer from older. */
  order: number;
  variables: Record<string, string>;
  overrides: SourceRevisionOverride[];
  /** Where it is in its declaration: the index of a stage. */
  stage: number;
  /** Waits before the stage, is at work in it, or is over. */
  place: 'inbound' | 'in' | 'over';
  stages: Record<string, StageRun>;
  artifacts: Record<string, ArtifactPlace>;
  /** By the name of the source action. */
  revisions: Record<string, Revision>;
  /** Output variables by namespace. */
  outputs: Record<string, Record<string, string>>;
}

interface Run {
  id: string;
  pipeline: string;
  execution: string;
  version: number;
  stage: string;
  startedAt: Date;
  updatedAt: Date;
  updatedBy?: string;
  summary?: string;
  externalId?: string;
  externalUrl?: string;
  externalSummary?: string;
  error?: ErrorDetails;
  logStreamArn?: string;
  resolved?: Record<string, string>;
}

/** One run of an action: each attempt is one. */
export interface ActionRun extends Run {
  action: string;
  declaration: ActionDeclaration;
  status: ActionExecutionStatus;
  /** Of a manual approval. */
  token?: string;
  expiresAt?: Date;
  inputs: Record<string, ArtifactPlace>;
  outputs: Record<string, ArtifactPlace>;
  outputVariables?: Record<string, string>;
}

export interface RuleRun extends Run {
  rule: string;
  kind: ConditionKind;
  declaration: RuleDeclaration;
  status: RuleExecutionStatus;
  /** It could not be judged at all. */
  isError?: boolean;
}

export const deliveries = recordsOf<Delivery>(
  'deliveries',
  { columns: 'created REAL NOT NULL' },
  ({ name, createdAt }) => ({ id: name, created: createdAt.getTime() }),
);

/** Every version of a declaration that executions may run. */
export const deliveryVersions = recordsOf<{ pipeline: string; version: number; declaration: PipelineDeclaration }>(
  'delivery_versions',
  {
    columns: 'pipeline TEXT NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS delivery_versions_of ON delivery_versions (pipeline)',
  },
  ({ pipeline, version }) => ({ id: `${pipeline}/${version}`, pipeline }),
);

export const deliveryExecutions = recordsOf<DeliveryExecution>(
  'delivery_executions',
  {
    columns: 'pipeline TEXT NOT NULL, place TEXT NOT NULL, started REAL NOT NULL',
    indexes: `CREATE INDEX IF NOT EXISTS delivery_executions_of ON delivery_executions (pipeline, started);
      CREATE INDEX IF NOT EXISTS delivery_executions_by_place ON delivery_executions (place)`,
  },
  ({ id, pipeline, place, startedAt }) => ({ id: `${pipeline}/${id}`, pipeline, place, started: startedAt.getTime() }),
);

export const actionRuns = recordsOf<ActionRun>(
  'delivery_actions',
  {
    columns: 'pipeline TEXT NOT NULL, execution TEXT NOT NULL, token TEXT, status TEXT NOT NULL, started REAL NOT NULL',
    indexes: `CREATE INDEX IF NOT EXISTS delivery_actions_of ON delivery_actions (pipeline, started);
      CREATE INDEX IF NOT EXISTS delivery_actions_in ON delivery_actions (execution, started);
      CREATE INDEX IF NOT EXISTS delivery_actions_by_token ON delivery_actions (token) WHERE token IS NOT NULL`,
  },
  ({ id, pipeline, execution, token, status, startedAt }) => ({
    id,
    pipeline,
    execution,
    token: token ?? null,
    status,
    started: startedAt.getTime(),
  }),
);

export const ruleRuns = recordsOf<RuleRun>(
  'delivery_rules',
  {
    columns: 'pipeline TEXT NOT NULL, execution TEXT NOT NULL, started REAL NOT NULL',
    indexes: `CREATE INDEX IF NOT EXISTS delivery_rules_of ON delivery_rules (pipeline, started);
      CREATE INDEX IF NOT EXISTS delivery_rules_in ON delivery_rules (execution, started)`,
  },
  ({ id, pipeline, execution, startedAt }) => ({ id, pipeline, execution, started: startedAt.getTime() }),
);

export function deliveryArn(name: string): string {
  return `arn:aws:codepipeline:${region}:${account}:${name}`;
}

/** The ARN of whoever signs with the keys of Local, as actions and transitions tell it. */
export const caller = `arn:aws:sts::${account}:assumed-role/execution/local`;
