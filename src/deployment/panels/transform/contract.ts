/** What the form of a batch transform, the page of its job, and their host tell each other. Times are milliseconds. */
import { isString, optional, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Tone } from '../../../shared/status';
import type { DryRunState, PlannedCall } from '../deployment/contract';

/** A form for a version, or a job that is there. */
export interface TransformArguments {
  /** The id of the connection. */
  connection: string;
  /** The ARN of the model version. */
  model?: string;
  /** The name of the job. */
  job?: string;
}

export interface TransformForm {
  /** `penguins version 7` */
  version: string;
  approval: string;
  /** What is filled in, by field. */
  draft: Record<string, string>;
  /** Jobs of this version, the newest first. */
  jobs: { name: string; status: string; tone: Tone; created: number }[];
}

/** A record on its way: as it lies there, as it is sent, as it is answered, as it is written. */
export interface RecordView {
  /** From 1. */
  number: number;
  total: number;
  input: string;
  sent?: string;
  /** Of the dry run, where it has sent this very record. */
  answer?: string;
  written?: string;
  /** Why it cannot be sent or written so. */
  problem?: string;
}

/** What the draft comes to, made again after each change. */
export interface TransformPreview {
  problems: { severity: 'error' | 'warning'; field?: string; text: string }[];
  /** Files, records, requests, in words. */
  facts: { label: string; value: string }[];
  record?: RecordView;
  calls: PlannedCall[];
}

export interface JobFile {
  name: string;
  size: string;
  isWritten: boolean;
}

export interface JobView {
  name: string;
  status: string;
  tone: Tone;
  isUnderWay: boolean;
  reason?: string;
  facts: { label: string; value: string; link?: string }[];
  files: JobFile[];
  /** The file whose rows are shown. */
  file?: string;
  rows: { number: number; input: string; output: string }[];
  total: number;
  /** Why there are no rows. */
  noRows?: string;
  /** The end of the log, where it has failed. */
  log: string[];
}

export type TransformToPanel =
  | { type: 'form'; form: TransformForm }
  | { type: 'preview'; preview: TransformPreview }
  | { type: 'dryRun'; dryRun: DryRunState }
  | { type: 'progress'; busy: boolean; problem?: string }
  | { type: 'job'; job: JobView }
  | { type: 'freshness'; updatedAt?: number; problem?: string };

export type TransformToHost =
  | { type: 'draft'; draft: Record<string, string> }
  | { type: 'record'; number: number }
  | { type: 'dryRun' }
  | { type: 'start' }
  | { type: 'copy'; format: 'json' | 'cli' }
  | { type: 'cancel' }
  | { type: 'openJob'; name: string }
  | { type: 'stop' }
  | { type: 'file'; name: string }
  | { type: 'open'; link: string }
  | { type: 'refresh' };

export const transformPanel: PanelContract<TransformArguments, TransformToPanel, TransformToHost> = {
  name: 'transform',
  icon: 'table',
  key: ({ connection, model, job }) => `${connection} ${model ?? ''} ${job ?? ''}`,
  isArguments: shape({ connection: isString, model: optional(isString), job: optional(isString) }),
};
