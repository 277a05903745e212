// The events that services send and the metrics that they publish, as the pinned AWS service specification of the CDK
// (@aws-cdk/aws-service-spec, Apache-2.0) carries them. It is a package of npm, so that package-lock.json says its digest.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const manifest = fileURLToPath(import.meta.resolve('@aws-cdk/aws-service-spec/package.json'));

/** The name and version of the source: `@aws-cdk/aws-service-spec==0.1.216`. */
export const source = `@aws-cdk/aws-service-spec==${JSON.parse(readFileSync(manifest, 'utf8')).version}`;

let read;

function schema() {
  read ??= JSON.parse(gunzipSync(readFileSync(join(dirname(manifest), 'db.json.gz')))).schema;
  return read;
}

/** How deep the members of an event's details are told. */
const depth = 4;

/**
 * By source, by kind (`detail-type`), the members of the details: an object for what has members, else 0. Of sources that
 * are not `taken`, an empty object stands for each kind.
 */
export function readEvents(taken) {
  const types = new Map(schema().eventTypeDefinition.entities.map((type) => [type.$id, type]));
  const members = (id, level) => {
    const { properties } = types.get(id);
    return Object.fromEntries(
      Object.keys(properties)
        .sort()
        .map((name) => [name, shape(properties[name].type, level)]),
    );
  };
  const shape = (type, level) => {
    const inner = type.type === 'array' ? type.element : type;
    return inner.type === 'ref' && level < depth ? members(inner.reference.$ref, level + 1) : 0;
  };
  const events = {};
  for (const { source: from, detailType, rootProperty } of schema().event.entities) {
    // Calls that CloudTrail tells have every service as their source, and the call's own members.
    if (detailType.endsWith(' via CloudTrail')) continue;
    events[from] ??= {};
    events[from][detailType] = taken.includes(from) ? members(rootProperty.$ref, 1) : 0;
  }
  return events;
}

/** By namespace, the metrics, each with the sets of dimensions by which it is published: `EndpointName VariantName`. */
export function readMetrics(namespaces) {
  const sets = new Map(schema().dimensionSet.entities.map((set) => [set.$id, set]));
  const metrics = {};
  for (const { $id, name, namespace } of schema().metric.entities) {
    if (!namespaces.includes(namespace)) continue;
    metrics[namespace] ??= {};
    metrics[namespace][name] = (schema().usesDimensionSet.forward[$id] ?? []).map((set) =>
      sets
        .get(set.$id)
        .dimensions.map((dimension) => dimension.name)
        .join(' '),
    );
  }
  return metrics;
}
