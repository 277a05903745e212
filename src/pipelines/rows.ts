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

export interface ExecutionRow extends LiveRow<Session> {
  connection: Connection;
  execution: Execution;
}
