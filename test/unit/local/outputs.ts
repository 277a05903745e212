import type { ServiceModel } from '../../../src/local/wire/model';

/**
 * What is wrong with an answer by the service's own model: members that it must have and has not, members that
 * it does not know, values of another type or outside an enumeration. Each with its path.
 */
export function outputProblems(model: ServiceModel, shapeName: string, value: unknown, path = shapeName): string[] {
  const shape = model.shapes[shapeName];
  if (!shape) return [`${path}: there is no shape ${shapeName}`];
  switch (shape.type) {
    case 'structure': {
      if (!isRecord(value)) return [`${path}: ${kindOf(value)} is not a structure`];
      const missing = (shape.required ?? []).filter((name) => value[name] === undefined || value[name] === null);
      return [
        ...missing.map((name) => `${path}.${name}: is required`),
        ...Object.entries(value).flatMap(([name, member]) => {
          if (member === undefined) return [];
          const target = shape.members?.[name];
          return target === undefined
            ? [`${path}.${name}: is not in the model`]
            : outputProblems(model, target, member, `${path}.${name}`);
        }),
      ];
    }
    case 'list':
      if (!Array.isArray(value)) return [`${path}: ${kindOf(value)} is not a list`];
      return value.flatMap((item, index) => outputProblems(model, shape.member ?? '', item, `${path}[${index}]`));
    case 'map':
      if (!isRecord(value)) return [`${path}: ${kindOf(value)} is not a map`];
      return Object.entries(value).flatMap(([key, item]) =>
        outputProblems(model, shape.value ?? '', item, `${path}.${key}`),
      );
    case 'string':
      if (typeof value !== 'string') return [`${path}: ${kindOf(value)} is not a string`];
      return shape.enum && value !== '' && !shape.enum.includes(value)
        ? [`${path}: '${value}' is not in its enum`]
        : [];
    case 'integer':
    case 'long':
      return Number.isInteger(value) ? [] : [`${path}: ${kindOf(value)} is not an integer`];
    case 'double':
    case 'float':
      return typeof value === 'number' ? [] : [`${path}: ${kindOf(value)} is not a number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: ${kindOf(value)} is not a boolean`];
    case 'timestamp':
      return value instanceof Date ? [] : [`${path}: ${kindOf(value)} is not a time`];
    case 'blob':
      return typeof value === 'object' && value !== null ? [] : [`${path}: ${kindOf(value)} has no bytes`];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function kindOf(value: unknown): string {
  return value instanceof Date ? 'a time' : value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}
