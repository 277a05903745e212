/** Editing features inside a definition that is a string of a template: those of the definition, moved to the template. */
import { machineGraph } from '../asl/graph';
import { buildMachine } from '../asl/model';
import type { Range } from '../diagnostic';
import type { InnerText } from '../embedded/text';
import type { Graph } from '../graph/model';
import { buildGraph } from '../graph/build';
import { type AccountPlace, accountPlaceAt } from './account';
import { complete as completeAsl, hover as hoverAsl, machineSymbols } from './asl';
import { machineEntities } from './asl/entities';
import { type Entity, type Place, placeOffsets } from './entities';
import { folds, selections } from './outline';
import type { Completion, Fold, Hint, HoverText, Link, SymbolEntry } from './results';
import { complete } from './sagemaker/completion';
import { entities } from './sagemaker/entities';
import { hints } from './sagemaker/hints';
import { hover } from './sagemaker/hover';
import { links } from './sagemaker/links';
import { symbols } from './sagemaker/symbols';
import { buildspecFeatures } from './specs';

/** What may be written at `offset` of the template. */
export function innerCompletions(inner: InnerText, offset: number): Completion[] {
  // New lines of YAML cannot be written between quotes.
  if (inner.isBuildspec && inner.style !== 'block') return [];
  const at = inner.toInner(offset);
  const cursor = inner.tree.lines.position(at);
  const here = inner.outer.range(offset, offset);
  const list = inner.isBuildspec
    ? buildspecFeatures.complete(inner.document, at)
    : inner.pipeline
      ? complete(inner.document, inner.pipeline, at)
      : inner.machine
        ? completeAsl(inner.tree, inner.machine, at)
        : [];
  return list.map((completion) => {
    const { range, newText } = completion.edit;
    const isInsertion = same(range.start, cursor) && same(range.end, cursor);
    return {
      ...completion,
      edit: {
        // Between two characters of the definition, the template may have several places: the cursor is the one meant.
        range: isInsertion ? here : inner.range(range),
        newText: completion.snippet ? inner.writtenSnippet(newText) : inner.written(newText),
      },
    };
  });
}

/** What of the account may be written at `offset` of the template. */
export function innerAccountPlace(inner: InnerText, offset: number): AccountPlace | undefined {
  const at = inner.toInner(offset);
  const place = accountPlaceAt(inner.tree, at);
  if (!place) return undefined;
  const cursor = inner.tree.lines.position(at);
  const isInsertion = same(place.range.start, cursor) && same(place.range.end, cursor);
  return {
    ...place,
    range: isInsertion ? inner.outer.range(offset, offset) : inner.range(place.range),
    quote: inner.written(place.quote),
  };
}

export function innerHover(inner: InnerText, offset: number): HoverText | undefined {
  const at = inner.toInner(offset);
  const found = inner.isBuildspec
    ? buildspecFeatures.hover(inner.document, at)
    : inner.pipeline
      ? hover(inner.document, inner.pipeline, at)
      : inner.machine && hoverAsl(inner.tree, inner.machine, at);
  return found && { ...found, range: inner.range(found.range) };
}

/** Names of the definition, their places being characters of the string. */
export function innerEntities(inner: InnerText): Entity[] {
  const place = (one: Place): Place => {
    const { start, end } = placeOffsets(inner.tree, one);
    return { node: inner.node, from: start, to: end };
  };
  const all = inner.pipeline
    ? entities(inner.pipeline)
    : inner.machine
      ? machineEntities(buildMachine(inner.machine))
      : [];
  return all.map((entity) => ({
    ...entity,
    declarations: entity.declarations.map(place),
    uses: entity.uses.map(place),
  }));
}

export function innerSymbols(inner: InnerText): SymbolEntry[] {
  const moved = (entry: SymbolEntry): SymbolEntry => ({
    ...entry,
    range: inner.range(entry.range),
    selection: inner.range(entry.selection),
    children: entry.children.map(moved),
  });
  const entries = inner.isBuildspec
    ? buildspecFeatures.symbols(inner.document)
    : inner.machine
      ? machineSymbols(inner.tree)
      : symbols(inner.tree);
  return entries.map(moved);
}

export function innerLinks(inner: InnerText): Link[] {
  return links(inner.tree).map((link) => ({ ...link, range: inner.range(link.range) }));
}

/** The types of the references between two offsets of the template. */
export function innerHints(inner: InnerText, from: number, to: number): Hint[] {
  if (!inner.pipeline || to < inner.node.start || from > inner.node.end) return [];
  const found = hints(inner.document, inner.pipeline, inner.toInner(from), inner.toInner(to));
  return found.map((hint) => {
    const { start } = inner.range({ start: hint.position, end: hint.position });
    return { ...hint, position: start };
  });
}

/** The objects and arrays of a definition that stands on several lines. */
export function innerFolds(inner: InnerText): Fold[] {
  if (inner.style !== 'block') return [];
  return folds(inner.tree, (offset) => inner.outer.lines.position(inner.span(offset, offset).start).line);
}

export function innerSelections(inner: InnerText, offset: number): Range[] {
  return selections(inner.tree, inner.toInner(offset)).map((range) => inner.range(range));
}

/** The graph, with places in the template. */
export function innerGraph(inner: InnerText): Graph | undefined {
  const graph = inner.pipeline
    ? buildGraph(inner.pipeline)
    : inner.machine && machineGraph(buildMachine(inner.machine));
  return graph && { ...graph, nodes: graph.nodes.map((one) => ({ ...one, ...inner.span(one.start, one.end) })) };
}

function same(a: Range['start'], b: Range['start']): boolean {
  return a.line === b.line && a.character === b.character;
}
