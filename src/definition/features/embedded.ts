/** Editing features of templates: those of the pipelines and state machines in them. */
import { machineGraph } from '../asl/graph';
import { buildMachine } from '../asl/model';
import { isIntrinsic } from '../codepipeline/model';
import type { Range } from '../diagnostic';
import type { SourceDocument } from '../document';
import { type Embedded, findEmbedded } from '../embedded/find';
import { terraformResources } from '../embedded/terraform-resources';
import { type InnerText, innerText } from '../embedded/text';
import { deliveryGraph } from '../codepipeline/graph';
import { buildGraph } from '../graph/build';
import type { Graph } from '../graph/model';
import { buildPipeline, type Pipeline } from '../sagemaker/model';
import type { Node, Tree } from '../tree';
import { completePipeline, declared, entitiesOf, hoverPipeline } from './codepipeline';
import { type AccountPlace, accountPlaceAt } from './account';
import {
  innerAccountPlace,
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
import { completeEndpoint, endpointEntities, hoverEndpoint } from './endpoints';
import type { LanguageFeatures } from './support';
import { completeTerraform, hoverTerraform, terraformEntities, terraformGraph } from './terraform';

export const cloudformationFeatures: LanguageFeatures = {
  language: 'cloudformation',
  complete: (document, offset) =>
    at(document, offset, {
      codepipeline: (node) => completePipeline(document.tree, declared(node, 'cloudformation'), offset),
      terraform: (node) => completeTerraform(document.tree, node, offset),
      object: (pipeline) => complete(document, pipeline, offset),
      machine: (node) => completeAsl(document.tree, node, offset),
      string: (inner) => innerCompletions(inner, offset),
      buildspec: (inner) => innerCompletions(inner, offset),
    }) ?? completeEndpoint(document, offset),
  hover: (document, offset) =>
    at(document, offset, {
      codepipeline: (node) => hoverPipeline(document.tree, declared(node, 'cloudformation'), offset),
      terraform: (node) => hoverTerraform(document.tree, node, offset),
      object: (pipeline) => hover(document, pipeline, offset),
      machine: (node) => hoverAsl(document.tree, node, offset),
      string: (inner) => innerHover(inner, offset),
      buildspec: (inner) => innerHover(inner, offset),
    }) ?? hoverEndpoint(document, offset),
  entities: (document) => [
    ...each(document, {
      codepipeline: (node) => entitiesOf(declared(node, 'cloudformation').pipeline),
      terraform: terraformEntities,
      object: entities,
      machine: (node) => machineEntities(buildMachine(node)),
      string: innerEntities,
    }),
    ...endpointEntities(document),
  ],
  symbols: (document) => {
    const { tree } = document;
    const apart = new Set([
      ...findEmbedded(tree).map(({ node }) => node),
      ...terraformResources(tree).map(({ body }) => body),
    ]);
    const entries = outline(tree, naming, apart);
    for (const inner of texts(document)) graft(entries, innerSymbols(inner));
    return entries;
  },
  folds: (document) => texts(document).flatMap(innerFolds),
  selections: (document, offset) => {
    const inside = (inner: InnerText): Range[] => innerSelections(inner, offset);
    return at(document, offset, { string: inside, buildspec: inside }) ?? [];
  },
  links: (document) => each(document, { object: ({ root }) => links(document.tree, root), string: innerLinks }),
  hints: (document, from, to) =>
    each(document, {
      object: (pipeline) => hints(document, pipeline, from, to),
      string: (inner) => innerHints(inner, from, to),
    }),
  // Where one document holds several, the first has the preview.
  graph: (document) => graphs(document)[0]?.graph,
  lenses: (document) =>
    graphs(document)
      .slice(0, 1)
      .map(({ node }) => ({ range: document.tree.range(node.keyStart, node.keyStart), kind: 'graph' })),
};

/** What of the account may be written at `offset`, in a definition that is a string of a template too. */
export function accountPlace(document: SourceDocument, offset: number): AccountPlace | undefined {
  return (
    at(document, offset, { string: (inner) => innerAccountPlace(inner, offset) }) ??
    accountPlaceAt(document.tree, offset)
  );
}

/** The graphs of what a template holds, each with the value that it is of. */
function graphs({ tree }: SourceDocument): { node: Node; graph: Graph }[] {
  return findEmbedded(tree).flatMap((found) => {
    const graph = apply(tree, found, {
      codepipeline: (node) => deliveryGraph(declared(node, 'cloudformation').pipeline),
      terraform: terraformGraph,
      object: buildGraph,
      machine: (node) => machineGraph(buildMachine(node)),
      string: innerGraph,
    });
    return graph ? [{ node: found.node, graph }] : [];
  });
}

/** What to do with each kind of {@link Embedded}. */
interface Cases<T> {
  codepipeline?(node: Node): T;
  terraform?(node: Node): T;
  object?(pipeline: Pipeline): T;
  machine?(node: Node): T;
  string?(inner: InnerText): T;
  buildspec?(inner: InnerText): T;
}

function apply<T>(tree: Tree, { kind, node }: Embedded, cases: Cases<T>): T | undefined {
  if (kind === 'codepipeline') return cases.codepipeline?.(node);
  if (kind === 'terraform-codepipeline') return cases.terraform?.(node);
  if (kind === 'object') {
    const pipeline = cases.object && buildPipeline(tree, node);
    return pipeline && cases.object?.(pipeline);
  }
  if (kind === 'machine') return cases.machine?.(node);
  // Names and places across the parts of Fn::Join are not known.
  if (kind === 'machine-parts' || kind === 'pipeline-parts') return undefined;
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

/** The definitions and buildspecs that are strings. */
function texts(document: SourceDocument): InnerText[] {
  return each(document, { string: (inner) => [inner], buildspec: (inner) => [inner] });
}

const naming: Naming = (node) => {
  const selection = node.parent?.kind === 'array' ? (node.get('Name') ?? node.get('name')) : undefined;
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
