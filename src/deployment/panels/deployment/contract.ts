/** What the form that deploys a model version and its host tell each other. Times are seconds. */
import { isBoolean, isString, optional, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Timeline } from '../../model/timeline';

export interface DeploymentArguments {
  /** The id of the connection that the version is on. */
  connection: string;
  /** The ARN of the model version. */
  model: string;
  /** The endpoint that it goes to, where it was opened for one. */
  endpoint?: string;
  /** A config of before that is used again: a way back. */
  reuse?: string;
  /** The version is in the shadow of the endpoint: it takes over, and the shadow goes. */
  isPromotion?: boolean;
}

/** What was filled in, by field: texts as they stand in the fields. */
export type FormDraft = Record<string, string>;

/** Where it can go. */
export interface DeploymentEnvironment {
  id: string;
  label: string;
  connection: string;
  /** Why a deployment cannot go there now. */
  problem?: string;
}

export interface DeploymentForm {
  /** `penguins version 7` */
  version: string;
  approval: string;
  environments: DeploymentEnvironment[];
  environment: string;
  /** The endpoints that are there, to choose from. */
  endpoints: string[];
  draft: FormDraft;
  /** True for a way back to a version of before. */
  isRollback: boolean;
}

export interface StrategyOffer {
  kind: string;
  refusal?: string;
}

export interface PlannedCall {
  service: string;
  operation: string;
  purpose: string;
  /** The input as JSON, indented. */
  input: string;
}

/** What the draft comes to, made again after each change. */
export interface Preview {
  /** What an update changes and keeps; nothing of a new endpoint. */
  changes: { what: string; now: string; after: string }[];
  /** What the endpoint serves now; absent for a new one. */
  now?: { label: string; config: string; instances: number };
  offers: StrategyOffer[];
  /** Why there is neither a bake nor an alarm. */
  noGuardrails?: string;
  problems: { severity: 'error' | 'warning'; field?: string; text: string }[];
  notes: string[];
  timeline: Timeline;
  /** Instances that serve when it is over. */
  fleet: number;
  calls: PlannedCall[];
}

export interface FormCheck {
  id: string;
  title: string;
  state: 'passed' | 'failed' | 'warning' | 'unknown';
  text: string;
  /** The address of the page where it can be mended. */
  link?: string;
  /** The files of an archive, with their sizes. */
  files?: { name: string; size: number }[];
  /** It can be packed as containers look for it. */
  canRepack?: boolean;
}

export interface DryRunState {
  state: 'idle' | 'running' | 'passed' | 'failed';
  text?: string;
  answer?: string;
  log?: string[];
}

export type DeploymentToPanel =
  | { type: 'form'; form: DeploymentForm }
  | { type: 'preview'; preview: Preview }
  /** `undefined` while they are made. */
  | { type: 'checks'; checks?: FormCheck[] }
  | { type: 'dryRun'; dryRun: DryRunState }
  | { type: 'progress'; busy: boolean; problem?: string };

export type DeploymentToHost =
  | { type: 'draft'; environment: string; draft: FormDraft }
  | { type: 'deploy' }
  | { type: 'dryRun'; body?: string; contentType?: string }
  | { type: 'copy'; format: 'json' | 'cli' | 'cloudformation' }
  | { type: 'transform' }
  | { type: 'repack' }
  | { type: 'cancel' };

export const deploymentPanel: PanelContract<DeploymentArguments, DeploymentToPanel, DeploymentToHost> = {
  name: 'deployment',
  icon: 'rocket',
  key: ({ connection, model, endpoint, reuse, isPromotion }) =>
    `${connection} ${model} ${endpoint ?? ''} ${reuse ?? ''}${isPromotion ? ' promotion' : ''}`,
  isArguments: shape({
    connection: isString,
    model: isString,
    endpoint: optional(isString),
    reuse: optional(isString),
    isPromotion: optional(isBoolean),
  }),
};
