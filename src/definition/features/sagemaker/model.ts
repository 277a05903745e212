import type { SourceDocument } from '../../document';
import { buildPipeline, type Pipeline } from '../../sagemaker/model';

const models = new WeakMap<SourceDocument, { pipeline: Pipeline | undefined }>();

/** The model of the pipeline in a document, built once for each of its versions. */
export function modelOf(document: SourceDocument): Pipeline | undefined {
  let known = models.get(document);
  if (!known) {
    known = { pipeline: buildPipeline(document.tree) };
    models.set(document, known);
  }
  return known.pipeline;
}

/** Tells the model of a document where it was built already. */
export function rememberModel(document: SourceDocument, pipeline: Pipeline | undefined): void {
  models.set(document, { pipeline });
}
