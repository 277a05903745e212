import type { SourceDocument } from '../../document';
import { isPipeline } from '../../sagemaker/model';
import type { Lens } from '../results';

/** One place: the top of the definition. */
export function lenses(document: SourceDocument): Lens[] {
  const { tree } = document;
  if (!tree.root || !isPipeline(tree.root)) return [];
  return [{ range: tree.range(tree.root.start, tree.root.start), kind: 'pipeline' }];
}
