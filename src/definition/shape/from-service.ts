/** Shapes of a service's own structures, with words for people: what they are for, what their patterns mean. */
import { table } from '../table';
import type { Limit, ServiceTable, Shape as ServiceShape } from './service-table';
import { any, flag, type Member, type ObjectShape, type Shape } from './shape';

/** What is said of one member beside what the service's model says; bounds that the model leaves out. */
export interface MemberWords {
  doc?: string;
  /** What one element of a list is called: `stage`. */
  of?: string;
  min?: number;
  max?: number;
  /** True where a number or a boolean is taken as its text. */
  loose?: true;
  /** In place of the model's own shape. */
  shape?: Shape;
}

export interface Words {
  /** By structure and member: `StageDeclaration.name`. */
  members: Readonly<Record<string, MemberWords>>;
  /** By pattern, what it asks for, continuing "must be". */
  patterns: Readonly<Record<string, string>>;
  /** What a member is for, where {@link members} does not say it. */
  documentation?: (structure: string, member: string) => string | undefined;
}

/** The shape of a structure and of all that it is made of. */
export function shapeOfStructure(service: ServiceTable, name: string, words: Words): ObjectShape {
  const known = new Map<string, ObjectShape>();
  const structure = (of: string): ObjectShape => {
    const made = known.get(of);
    if (made) return made;
    const { members, required } = service.structure(of);
    const object: ObjectShape = {
      kind: 'object',
      members: table(
        Object.fromEntries(
          [...members].map(([member, shape]): [string, Member] => {
            const {
              doc = words.documentation?.(of, member),
              shape: own,
              ...more
            } = words.members[`${of}.${member}`] ?? {};
            return [
              member,
              {
                shape: own ?? ({ ...convert(shape), ...more } as Shape),
                ...(required.includes(member) ? { required: true } : {}),
                ...(doc === undefined ? {} : { doc }),
              },
            ];
          }),
        ),
      ),
    };
    known.set(of, object);
    return object;
  };
  const convert = (shape: ServiceShape): Shape => {
    switch (shape.kind) {
      case 'string':
        return shape.enum ? { kind: 'text', values: [...shape.enum.values] } : textOf(shape.limit, words.patterns);
      case 'number':
        return { kind: 'number', whole: shape.limit?.integer === true, loose: false, ...bounds(shape.limit) };
      case 'boolean':
        return flag;
      case 'list':
        return { kind: 'list', item: convert(shape.element), ...bounds(shape.limit) };
      case 'map':
        return {
          kind: 'map',
          value: convert(shape.value),
          ...(shape.keys ? { key: textOf(shape.keys, words.patterns) } : {}),
          ...(shape.limit?.max === undefined ? {} : { max: shape.limit.max }),
        };
      case 'structure':
        return structure(shape.name);
      case 'timestamp':
      case 'any':
        return any;
    }
  };
  return structure(name);
}

function textOf(limit: Limit | undefined, patterns: Words['patterns']): Shape & { kind: 'text' } {
  const pattern = limit?.pattern;
  // As the model has it: JavaScript puts it into a group and escapes slashes.
  const wants = pattern && patterns[pattern.source.replace(/^\^\(\?:|\)\$$/g, '').replaceAll('\\/', '/')];
  return {
    kind: 'text',
    ...bounds(limit),
    ...(pattern ? { pattern } : {}),
    ...(wants === undefined ? {} : { wants }),
  };
}

function bounds(limit: Limit | undefined): { min?: number; max?: number } {
  return {
    ...(limit?.min === undefined ? {} : { min: limit.min }),
    ...(limit?.max === undefined ? {} : { max: limit.max }),
  };
}
