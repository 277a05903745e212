/** Editing features of templates: those of the pipelines in them. */
import { isIntrinsic } from '../codepipeline/model';
import type { SourceDocument } from '../document';
import { type Embedded, findEmbedded } from '../embedded/find';
import { graphOfText } from '../embedded/text';
import { buildGraph } from '../graph/build';
import { buildPipeline, type Pipeline } from '../sagemaker/model';
import { completePipeline, declared, entitiesOf, hoverPipeline } from './codepipeline';
import { outline } from './outline';
import type { Completion, Hint, HoverText } from './results';
import { complete } from './sagemaker/completion';
import { entities } from './sagemaker/entities';
import { hints } from './sagemaker/hints';
import { hover } from './sagemaker/hover';
import type { LanguageFeatures } from './support';

export const cloudformationFeatures: LanguageFeatures = {
  language: 'cloudformation',
  complete: (document, offset): Completion[] => {
    const found = at(document, offset);
    if (found?.kind === 'codepipeline') {
      return completePipeline(document.tree, declared(found.node, 'cloudformation'), offset);
    }
    const pipeline = model(document, found);
    return pipeline ? complete(document, pipeline, offset) : [];
  },
  hover: (document, offset): HoverText | undefined => {
    const found = at(document, offset);
    if (found?.kind === 'codepipeline') {
      return hoverPipeline(document.tree, declared(found.node, 'cloudformation'), offset);
    }
    const pipeline = model(document, found);
    return pipeline && hover(document, pipeline, offset);
  },
  entities: (document) =>
    findEmbedded(document.tree).flatMap((found) => {
      if (found.kind === 'codepipeline') return entitiesOf(declared(found.node, 'cloudformation').pipeline);
      const pipeline = model(document, found);
      return pipeline ? entities(pipeline) : [];
    }),
  symbols: ({ tree }) =>
    outline(tree, (node) => {
      const selection = node.parent?.kind === 'array' ? node.get('Name') : undefined;
      const type = node.get('Type')?.text;
      if (selection?.text !== undefined)
        return { name: selection.text, kind: 'step', selection, ...(type ? { detail: type } : {}) };
      return type !== undefined && !isIntrinsic(node) && typeof node.key === 'string'
        ? { name: node.key, kind: 'group', detail: type }
        : undefined;
    }),
  hints: (document, from, to): Hint[] =>
    findEmbedded(document.tree).flatMap((found) => {
      const pipeline = model(document, found);
      return pipeline ? hints(document, pipeline, from, to) : [];
    }),
  graph: (document) => {
    for (const found of findEmbedded(document.tree)) {
      if (found.kind === 'string') return graphOfText(found.node, document.tree);
      const pipeline = model(document, found);
      if (pipeline) return buildGraph(pipeline);
    }
    return undefined;
  },
};

function at(document: SourceDocument, offset: number): Embedded | undefined {
  return findEmbedded(document.tree).find(({ node }) => offset >= node.start && offset <= node.end);
}

/** The model of a definition that is an object of the template. */
function model(document: SourceDocument, found: Embedded | undefined): Pipeline | undefined {
  return found?.kind === 'object' ? buildPipeline(document.tree, found.node) : undefined;
}
