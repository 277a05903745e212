/**
 * Editing features of endpoints and their configurations, in templates of CloudFormation and Terraform and in requests of
 * the AWS command line: members and words by the service's own shapes, and the names of variants.
 */
import type { SourceDocument } from '../document';
import { terraformResources } from '../embedded/terraform-resources';
import { type Resource, Resources, resourcesOf } from '../resources';
import { configType, endpointType } from '../resources/tools';
import { variantNames, variantsByEndpoint } from '../resources/variants';
import { shapeOf } from '../sagemaker/shapes';
import { any, flag, list, type ObjectShape, object, optional } from '../shape/shape';
import { table } from '../table';
import type { Node, Tree } from '../tree';
import { type Cursor, cursorAt } from './cursor';
import { type Entity, EntityIndex } from './entities';
import type { Completion, HoverText } from './results';
import { documentationOf } from './sagemaker/documentation';
import { completeShape, hoverShape, valueCompletion } from './shapes';

const known = new Map<string, ObjectShape>();

/** The shape of a resource's properties; undefined where it is neither. */
function shapeOfType(type: string): ObjectShape | undefined {
  if (type !== configType && type !== endpointType) return undefined;
  let shape = known.get(type);
  if (!shape) {
    shape = shapeOf(type === configType ? 'CreateEndpointConfigInput' : 'CreateEndpointInput', documentationOf);
    if (type === endpointType) shape = { ...shape, members: table({ ...shape.members, ...ofUpdates }) };
    known.set(type, shape);
  }
  return shape;
}

/** Members that an update alone has. */
const ofUpdates = {
  RetainAllVariantProperties: optional(
    flag,
    'Whether an update keeps the number of instances and the weights that the variants have now.',
  ),
  ExcludeRetainedVariantProperties: optional(
    list(object({ VariantPropertyType: optional(any, 'DesiredInstanceCount, DesiredWeight or DataCaptureConfig.') })),
    'What of the variants an update does not keep.',
  ),
  RetainDeploymentConfig: optional(flag, 'Whether an update deploys as the one before did.'),
};

/** An endpoint, or what guards or scales one, around an offset. */
interface Around {
  /** The tree in which the resource's properties are; its text is that of the document. */
  tree: Tree;
  resource: Resource;
  all: Resources;
  /** True in Terraform, where members are called otherwise. */
  isTerraform: boolean;
}

function around({ tree }: SourceDocument, offset: number): Around | undefined {
  const holds = ({ start, end }: Node): boolean => offset >= start && offset <= end;
  const all = resourcesOf(tree);
  const resource = all.all.find(({ properties }) => holds(properties));
  if (resource) return { tree, resource, all, isTerraform: false };
  const translated = terraformResources(tree);
  const found = translated.find(({ body }) => holds(body));
  return (
    found && {
      tree: tree.withRoot(found.node),
      resource: found.resource,
      all: new Resources(translated.map((one) => one.resource)),
      isTerraform: true,
    }
  );
}

/** What may be written at `offset`. The names of arguments and blocks are Terraform's own affair. */
export function completeEndpoint(document: SourceDocument, offset: number): Completion[] {
  const place = around(document, offset);
  const cursor = place && cursorAt(place.tree, offset);
  if (!cursor || (place.isTerraform && cursor.at === 'key')) return [];
  if (cursor.at === 'value') {
    const variants = variantsAt(cursor, place);
    if (variants) return variants.map((text, index) => valueCompletion(place.tree, cursor, { text }, index));
  }
  const shape = shapeOfType(place.resource.type);
  return shape ? completeShape(place.tree, place.resource.properties, shape, offset) : [];
}

/** The variants that the dimension of an alarm may name. */
function variantsAt({ parent, key }: Extract<Cursor, { at: 'value' }>, { all }: Around): readonly string[] | undefined {
  if (key !== 'Value' || parent.get('Name')?.text !== 'VariantName') return undefined;
  return [...new Set([...variantsByEndpoint(all).values()].flat())];
}

/** What the member at `offset` is for. */
export function hoverEndpoint(document: SourceDocument, offset: number): HoverText | undefined {
  const place = around(document, offset);
  const shape = place && shapeOfType(place.resource.type);
  const told = shape && hoverShape(place.tree, place.resource.properties, shape, offset);
  if (!told || !place.isTerraform) return told;
  const { lines, text } = document.tree;
  const written = text.slice(lines.offset(told.range.start), lines.offset(told.range.end)).replaceAll('"', '');
  return { ...told, text: told.text.replace(/^\*\*\w+\*\*/, `**${written}**`) };
}

/** The variants, with every place that names them. */
export function endpointEntities({ tree }: SourceDocument): Entity[] {
  const index = new EntityIndex({
    variant: { pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, words: '1 to 63 letters, digits and hyphens' },
  });
  const translated = terraformResources(tree);
  const origin = (made: Node): Node => translated.reduce((node, one) => one.origin(node), made);
  const inTerraform = new Resources(translated.map(({ resource }) => resource));
  for (const all of [resourcesOf(tree), inTerraform]) {
    for (const { name, owner, node, isDeclaration, from, to } of variantNames(all)) {
      // A text with references in it has other characters as it is written; the name stands at its end.
      const written = origin(node);
      const shift = (written.text?.length ?? 0) - (node.text?.length ?? 0);
      const place = {
        node: written,
        ...(from === undefined || to === undefined ? {} : { from: from + shift, to: to + shift }),
      };
      if (isDeclaration) index.declare('variant', name, place, owner);
      else index.use('variant', name, place, owner);
    }
  }
  return index.all();
}
