/**
 * Editing features of an aws_codepipeline: those of the declaration that it is in the service's words, at the places where
 * Terraform's words stand. The names of arguments and blocks are Terraform's own affair; what is offered are values and the
 * keys of a configuration.
 */
import { deliveryGraph } from '../codepipeline/graph';
import { translatedPipeline } from '../embedded/terraform';
import type { Graph } from '../graph/model';
import type { Node, Tree } from '../tree';
import { completePipeline, type Declared, declared, entitiesOf, hoverPipeline } from './codepipeline';
import { cursorAt } from './cursor';
import type { Entity, Place } from './entities';
import type { Completion, HoverText } from './results';

/** What may be written at `offset` of the body of an aws_codepipeline. */
export function completeTerraform(tree: Tree, body: Node, offset: number): Completion[] {
  const { same, pipeline } = inService(tree, body);
  const cursor = cursorAt(same, offset);
  if (cursor?.at === 'key' && cursor.object.key !== 'configuration') return [];
  return completePipeline(same, pipeline, offset);
}

export function hoverTerraform(tree: Tree, body: Node, offset: number): HoverText | undefined {
  const { same, pipeline } = inService(tree, body);
  return hoverPipeline(same, pipeline, offset);
}

/** The names of the pipeline, their places being those that the writer wrote. */
export function terraformEntities(body: Node): Entity[] {
  const { node, origin } = translatedPipeline(body);
  const place = (one: Place): Place => ({ ...one, node: origin(one.node) });
  return entitiesOf(declared(node, 'service').pipeline).map((entity) => ({
    ...entity,
    declarations: entity.declarations.map(place),
    uses: entity.uses.map(place),
  }));
}

export function terraformGraph(body: Node): Graph {
  return deliveryGraph(declared(translatedPipeline(body).node, 'service').pipeline);
}

function inService(tree: Tree, body: Node): { same: Tree; pipeline: Declared } {
  const { node } = translatedPipeline(body);
  return { same: tree.withRoot(node), pipeline: declared(node, 'service') };
}
