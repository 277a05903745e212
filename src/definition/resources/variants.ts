/** Every place that names a variant of an endpoint: its configuration, what scales it, the alarms on it. */
import type { Node } from '../tree';
import { alarmType, configOf, configType, endpointOf, endpointType, type Resources } from './tools';
import { scaledBy, scalingTypes } from './scaling';

/** A place that names a variant. */
export interface VariantName {
  name: string;
  /** The configuration that the variant is of, by its logical name: names are unique in it. */
  owner: string;
  node: Node;
  /** Characters of the text; all of it where they are not given. */
  from?: number;
  to?: number;
  isDeclaration: boolean;
}

/** The names of the variants that the resources have, wherever they stand. */
export function variantNames(all: Resources): VariantName[] {
  const found: VariantName[] = [];
  const owners = new Map(all.of(configType).map(({ properties, name }) => [properties, name]));
  for (const { properties, name: owner } of all.of(configType)) {
    for (const list of ['ProductionVariants', 'ShadowProductionVariants']) {
      for (const variant of properties.get(list)?.items ?? []) {
        const node = variant.get('VariantName');
        if (node?.text !== undefined) found.push({ name: node.text, owner, node, isDeclaration: true });
      }
    }
  }
  const ownerOf = (endpoint: Node | undefined): string | undefined =>
    endpoint && owners.get(configOf(endpoint, all) ?? endpoint);
  for (const resource of scalingTypes.flatMap((type) => all.of(type))) {
    const { endpoint, variant } = scaledBy(resource, all);
    const owner = ownerOf(endpoint?.properties);
    const node = textIn(resource.properties.get('ResourceId'));
    if (owner === undefined || variant === undefined || !node?.text?.endsWith(variant)) continue;
    const { length } = node.text;
    found.push({ name: variant, owner, node, from: length - variant.length, to: length, isDeclaration: false });
  }
  for (const { properties } of all.of(alarmType)) {
    const listed = properties.get('Dimensions')?.items ?? [];
    const valueOf = (name: string): Node | undefined =>
      listed.find((item) => item.get('Name')?.text === name)?.get('Value');
    const owner = ownerOf(endpointOf(valueOf('EndpointName'), all)?.properties);
    const node = valueOf('VariantName');
    if (owner !== undefined && node?.text !== undefined)
      found.push({ name: node.text, owner, node, isDeclaration: false });
  }
  return found.filter(({ name }) => !name.includes('${'));
}

/** The names of the variants that an endpoint of the resources has, by the endpoint's logical name. */
export function variantsByEndpoint(all: Resources): ReadonlyMap<string, readonly string[]> {
  return new Map(
    all
      .of(endpointType)
      .map(({ name, properties }) => [
        name,
        (configOf(properties, all)?.get('ProductionVariants')?.items ?? []).flatMap(
          (variant) => variant.get('VariantName')?.text ?? [],
        ),
      ]),
  );
}

/** The text that a value is written in: itself, or that of Fn::Sub. */
function textIn(node: Node | undefined): Node | undefined {
  const substituted = node?.get('Fn::Sub');
  return substituted?.kind === 'array' ? substituted.items[0] : (substituted ?? node);
}
