/** Editing features of SageMaker pipeline definitions. */
import { buildGraph } from '../../graph/build';
import type { LanguageFeatures } from '../support';
import { entities } from './entities';
import { lenses } from './lenses';
import { links } from './links';
import { modelOf } from './model';
import { symbols } from './symbols';

export const sagemakerFeatures: LanguageFeatures = {
  language: 'sagemaker',
  entities: (document) => {
    const pipeline = modelOf(document);
    return pipeline ? entities(pipeline) : [];
  },
  symbols: (document) => symbols(document.tree),
  lenses,
  links: (document) => links(document.tree),
  graph: (document) => {
    const pipeline = modelOf(document);
    return pipeline && buildGraph(pipeline);
  },
};
