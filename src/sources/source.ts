import type { Uri } from 'vscode';
import type { FoundPipeline } from './find';

/** A pipeline that a program of the workspace makes: it is rendered before it can be run. */
export interface PipelineSource extends FoundPipeline {
  /** The script or notebook. */
  uri: Uri;
}
