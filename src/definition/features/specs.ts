/** Editing features of buildspecs and appspecs: all from their shapes. */
import { platformOf, shapeOf } from '../appspec';
import { buildspec } from '../codebuild/shapes';
import type { SourceDocument } from '../document';
import type { Language } from '../language';
import type { Shape } from '../shape/shape';
import type { Node } from '../tree';
import { outline } from './outline';
import type { Completion, HoverText, SymbolEntry } from './results';
import { completeShape, hoverShape } from './shapes';
import type { LanguageFeatures } from './support';

export const buildspecFeatures = fromShape('buildspec', () => buildspec);
export const appspecFeatures = fromShape('appspec', (root) => shapeOf(platformOf(root)));

function fromShape(language: Language, shape: (root: Node) => Shape) {
  const rootOf = (document: SourceDocument): Node | undefined =>
    document.tree.root?.kind === 'object' ? document.tree.root : undefined;
  return {
    language,
    complete: (document: SourceDocument, offset: number): Completion[] => {
      const root = rootOf(document);
      return root ? completeShape(document.tree, root, shape(root), offset) : [];
    },
    hover: (document: SourceDocument, offset: number): HoverText | undefined => {
      const root = rootOf(document);
      return root && hoverShape(document.tree, root, shape(root), offset);
    },
    symbols: (document: SourceDocument): SymbolEntry[] => outline(document.tree, () => undefined),
  } satisfies LanguageFeatures;
}
