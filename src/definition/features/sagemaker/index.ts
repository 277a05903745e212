/**
 * Editing features of SageMaker pipeline definitions.
 *
 *   expected.ts                what may stand at a path: members, values, shapes
 *   references.ts              the path language of Get
 *   words.ts documentation.ts  what members are for: those of the language, those of the services
 *   completion.ts snippets.ts hover.ts hints.ts entities.ts symbols.ts links.ts lenses.ts   one feature each
 */
import type { SourceDocument } from '../../document';
import { buildGraph } from '../../graph/build';
import type { Pipeline } from '../../sagemaker/model';
import type { LanguageFeatures } from '../support';
import { complete } from './completion';
import { entities } from './entities';
import { hints } from './hints';
import { hover } from './hover';
import { lenses } from './lenses';
import { links } from './links';
import { modelOf } from './model';
import { symbols } from './symbols';

export const sagemakerFeatures: LanguageFeatures = {
  language: 'sagemaker',
  complete: (document, offset) => withModel(document, (pipeline) => complete(document, pipeline, offset)) ?? [],
  hover: (document, offset) => withModel(document, (pipeline) => hover(document, pipeline, offset)),
  entities: (document) => withModel(document, entities) ?? [],
  symbols: (document) => symbols(document.tree),
  links: (document) => links(document.tree),
  hints: (document, from, to) => withModel(document, (pipeline) => hints(document, pipeline, from, to)) ?? [],
  lenses,
  graph: (document) => withModel(document, buildGraph),
};

function withModel<T>(document: SourceDocument, use: (pipeline: Pipeline) => T): T | undefined {
  const pipeline = modelOf(document);
  return pipeline && use(pipeline);
}
