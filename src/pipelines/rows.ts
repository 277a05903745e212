/** What commands of the Pipelines view get: each row says which connection it belongs to. */
import type { Connection, Session } from '../aws';
import type { PipelineSource } from '../sources/source';
import type { LiveRow } from '../workbench';
import type { Execution } from './model';
import type { DefinitionFile } from './workspace';

export interface PipelineRow extends LiveRow<Session> {
  connection: Connection;
  pipeline: string;
  definition?: DefinitionFile;
  /** The program that makes it. */
  source?: PipelineSource;
}

/** A step of a run. */
export interface StepRow extends LiveRow<Session> {
  connection: Connection;
  executionArn: string;
  step: string;
  /** Of what it ran or made. */
  arn?: string;
}

/** What the menus of panels hand to commands. */
export interface PanelTarget {
  /** The id of the connection. */
  connection: string;
  executionArn: string;
  step?: string;
  arn?: string;
  /** An S3 URI. */
  uri?: string;
}

export interface ExecutionRow extends LiveRow<Session> {
  connection: Connection;
  execution: Execution;
}

/** The id of a pipeline's row, and of the reading of its executions. */
export function runsId(pipeline: string): string {
  return `pipeline ${pipeline}`;
}
