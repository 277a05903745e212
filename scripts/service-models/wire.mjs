// Models for the embedded control plane: what operations take and answer, as names, types, limits and places on the wire.
// The types of the format are those of src/local/wire/model.ts.
import { compiled } from './source.mjs';

/** The model of the given operations of a service. @throws where the service has no such operation */
export function wireModel(source, names) {
  const isRest = source.metadata.protocol.startsWith('rest');
  const isXml = !source.metadata.protocol.includes('json');
  const shapes = {};
  const keep = (name) => {
    if (!shapes[name]) {
      shapes[name] = {};
      Object.assign(shapes[name], shapeOf(source.shapes[name], keep, isXml));
    }
    return name;
  };
  const model = { operations: {}, shapes };
  if (source.metadata.xmlNamespace) model.xmlNamespace = source.metadata.xmlNamespace;
  for (const name of names) {
    if (!source.operations[name]) throw new Error(`${source.metadata.serviceId} has no operation ${name}.`);
    const { input, output, http } = source.operations[name];
    const operation = {};
    if (input) operation.input = keep(input.shape);
    if (output) operation.output = keep(output.shape);
    if (isRest) {
      operation.http = { method: http.method, uri: http.requestUri };
      if (http.responseCode) operation.http.status = http.responseCode;
    }
    model.operations[name] = operation;
  }
  // S3 takes any text here, and its clients send what they like.
  if (shapes.Expires) shapes.Expires = { type: 'string' };
  if (isRest) {
    model.routes = {};
    for (const [name, { http, input }] of Object.entries(source.operations)) {
      model.routes[name] = [`${http.method} ${http.requestUri}`, ...needs(source.shapes[input?.shape])];
    }
  }
  return model;
}

function shapeOf(source, keep, isXml) {
  const { type, min, max, enum: values, required, members, member, key, value, pattern } = source;
  const shape = { type: type === 'character' ? 'string' : type };
  if (min !== undefined) shape.min = min;
  if (max !== undefined) shape.max = max;
  const limit = compiled(pattern);
  if (limit !== undefined && limit !== '.*') shape.pattern = limit;
  if (values) shape.enum = values;
  if (required?.length > 0) shape.required = required;
  if (source.payload) shape.payload = source.payload;
  if (source.flattened) shape.flattened = true;
  if (source.timestampFormat) shape.timestampFormat = source.timestampFormat;
  if (members) {
    shape.members = {};
    const bindings = {};
    for (const [label, reference] of Object.entries(members)) {
      shape.members[label] = keep(reference.shape);
      const found = binding(label, reference);
      if (found && (found.location || isXml)) bindings[label] = found;
    }
    if (Object.keys(bindings).length > 0) shape.bindings = bindings;
  }
  if (member) {
    shape.member = keep(member.shape);
    if (isXml && member.locationName) shape.memberName = member.locationName;
  }
  if (key) [shape.key, shape.value] = [keep(key.shape), keep(value.shape)];
  return shape;
}

/** How a member is written, where that is not by its own name in the body. */
function binding(label, { location, locationName, flattened }) {
  const found = {};
  if (location) found.location = location;
  if (locationName && locationName !== label) found.name = locationName;
  if (flattened) found.flattened = true;
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Headers and query parameters (with a question mark) that a request of this shape must have. */
function needs(shape) {
  return (shape?.required ?? []).flatMap((label) => {
    const { location, locationName = label } = shape.members[label];
    if (location === 'header') return [locationName.toLowerCase()];
    return location === 'querystring' ? [`?${locationName}`] : [];
  });
}
