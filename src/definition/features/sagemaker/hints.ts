import type { SourceDocument } from '../../document';
import type { Pipeline, Reference } from '../../sagemaker/model';
import { typeOfReference } from '../../sagemaker/properties';
import type { Hint } from '../results';

/** The types of the references between two offsets. */
export function hints(document: SourceDocument, pipeline: Pipeline, from: number, to: number): Hint[] {
  const found: Hint[] = [];
  const add = (reference: Reference): void => {
    const { end } = reference.node;
    if (end < from || end > to) return;
    const type = typeOfReference(reference, pipeline);
    if (type !== undefined) found.push({ position: document.tree.lines.position(end), label: `: ${type}` });
  };
  for (const step of pipeline.steps) {
    if (step.node.end < from || step.node.start > to) continue;
    step.references.forEach(add);
  }
  pipeline.loose.forEach(add);
  return found;
}
