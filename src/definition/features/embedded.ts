/** Editing features of templates: those of the pipelines and state machines in them. */
import { machineGraph } from '../asl/graph';
import { buildMachine } from '../asl/model';
import { isIntrinsic } from '../codepipeline/model';
import type { SourceDocument } from '../document';
import { type Embedded, findEmbedded } from '../embedded/find';
import { type InnerText, innerText } from '../embedded/text';
import { buildGraph } from '../graph/build';
import { buildPipeline, type Pipeline } from '../sagemaker/model';
import type { Node, Tree } from '../tree';
import { completePipeline, declared, entitiesOf, hoverPipeline } from './codepipeline';
import {
  innerCompletions,
  innerEntities,
  innerFolds,
  innerGraph,
  innerHints,
  innerHover,
  innerLinks,
  innerSelections,
  innerSymbols,
} from './inner';
import { complete as completeAsl, hover as hoverAsl } from './asl';
import { machineEntities } from './asl/entities';
import { type Naming, outline } from './outline';
import type { SymbolEntry } from './results';
import { complete } from './sagemaker/completion';
import { entities } from './sagemaker/entities';
import { hints } from './sagemaker/hints';
import { hover } from './sagemaker/hover';
import { links } from './sagemaker/links';
import type { LanguageFeatures } from './support';

export const cloudformationFeatures: LanguageFeatures = {
  language: 'cloudformation',
  complete: (document, offset) =>
    at(document, offset, {
      codepipeline: (node) => completePipeline(document.tree, declared(node, 'cloudformation'), offset),
      object: (pipeline) => complete(document, pipeline, offset),
      machine: (node) => completeAsl(document.tree, node, offset),
      string: (inner) => innerCompletions(inner, offset),
      buildspec: (inner) => innerCompletions(inner, offset),
    }) ?? [],
  hover: (document, offset) =>
    at(document, offset, {
      codepipeline: (node) => hoverPipeline(document.tree, declared(node, 'cloudformation'), offset),
      object: (pipeline) => hover(document, pipeline, offset),
      machine: (node) => hoverAsl(document.tree, node, offset),
      string: (inner) => innerHover(inner, offset),
      buildspec: (inner) => innerHover(inner, offset),
    }),
  entities: (document) =>
    each(document, {
      codepipeline: (node) => entitiesOf(declared(node, 'cloudformation').pipeline),
      object: entities,
      machine: (node) => machineEntities(buildMachine(node)),
      string: innerEntities,
    }),
  symbols: (document) => {
    const entries = outline(document.tree, naming);
    for (const inner of strings(document)) graft(entries, innerSymbols(inner));
    return entries;
  },
  folds: (document) => strings(document).flatMap(innerFolds),
  selections: (document, offset) => at(document, offset, { string: (inner) => innerSelections(inner, offset) }) ?? [],
  links: (document) => each(document, { object: ({ root }) => links(document.tree, root), string: innerLinks }),
  hints: (document, from, to) =>
    each(document, {
      object: (pipeline) => hints(document, pipeline, from, to),
      string: (inner) => innerHints(inner, from, to),
    }),
  graph: (document) =>
    each(document, {
      object: (pipeline) => [buildGraph(pipeline)],
      machine: (node) => [machineGraph(buildMachine(node))],
      string: (inner) => [innerGraph(inner)],
    }).find((graph) => graph !== undefined),
};

/** What to do with each kind of {@link Embedded}. */
interface Cases<T> {
  codepipeline?(node: Node): T;
  object?(pipeline: Pipeline): T;
  machine?(node: Node): T;
  string?(inner: InnerText): T;
  buildspec?(inner: InnerText): T;
}

function apply<T>(tree: Tree, { kind, node }: Embedded, cases: Cases<T>): T | undefined {
  if (kind === 'codepipeline') return cases.codepipeline?.(node);
  if (kind === 'object') {
    const pipeline = cases.object && buildPipeline(tree, node);
    return pipeline && cases.object?.(pipeline);
  }
  if (kind === 'machine') return cases.machine?.(node);
  // Names and places across the parts of Fn::Join are not known.
  if (kind === 'machine-parts' || kind === 'pipeline-parts' || kind === 'terraform-codepipeline') return undefined;
  const inner = innerText(tree, node, kind === 'buildspec');
  if (!inner.isPlaced) return undefined;
  return kind === 'buildspec' ? cases.buildspec?.(inner) : cases.string?.(inner);
}

/** The pipeline or machine around `offset`. */
function at<T>({ tree }: SourceDocument, offset: number, cases: Cases<T>): T | undefined {
  const found = findEmbedded(tree).find(({ node }) => offset >= node.start && offset <= node.end);
  return found && apply(tree, found, cases);
}

/** All pipelines and machines in their order. */
function each<T>({ tree }: SourceDocument, cases: Cases<T[]>): T[] {
  return findEmbedded(tree).flatMap((found) => apply(tree, found, cases) ?? []);
}

function strings(document: SourceDocument): InnerText[] {
  return each(document, { string: (inner) => [inner] });
}

const naming: Naming = (node) => {
  const selection = node.parent?.kind === 'array' ? node.get('Name') : undefined;
  const type = node.get('Type')?.text;
  if (selection?.text !== undefined)
    return { name: selection.text, kind: 'step', selection, ...(type ? { detail: type } : {}) };
  return type !== undefined && !isIntrinsic(node) && typeof node.key === 'string'
    ? { name: node.key, kind: 'group', detail: type }
    : undefined;
};

/** Puts entries under the innermost entry around them. */
function graft(entries: SymbolEntry[], inner: SymbolEntry[]): void {
  const [first] = inner;
  const around = first && entries.find(({ range }) => holds(range, first.range));
  if (around) graft(around.children, inner);
  else entries.push(...inner);
}

function holds(outer: SymbolEntry['range'], inner: SymbolEntry['range']): boolean {
  return !before(inner.start, outer.start) && !before(outer.end, inner.end);
}

function before(a: SymbolEntry['range']['start'], b: SymbolEntry['range']['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
