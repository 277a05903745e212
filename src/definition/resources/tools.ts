import { isIntrinsic } from '../codepipeline/model';
import type { Level, Report, Rule } from '../rule';
import type { Node } from '../tree';

export const endpointType = 'AWS::SageMaker::Endpoint';
export const configType = 'AWS::SageMaker::EndpointConfig';
export const alarmType = 'AWS::CloudWatch::Alarm';

/** A resource of a template. */
export interface Resource {
  /** Its logical name. */
  name: string;
  type: string;
  properties: Node;
}

/** The resources of a template, found by what others name them by. */
export class Resources {
  private readonly named: ReadonlyMap<string, Resource>;
  private readonly logical = new Map<string, ReadonlySet<string>>();
  private readonly types = new Map<string, Resource[]>();
  private readonly byText = new Map<string, ReadonlyMap<string, Resource>>();

  /**
   * @param all the resources with properties
   * @param declared every logical name, of parameters too; undefined where there is no template
   */
  constructor(
    readonly all: readonly Resource[],
    readonly declared?: ReadonlySet<string>,
  ) {
    this.named = new Map(all.map((resource) => [resource.name, resource]));
    for (const resource of all) {
      const same = this.types.get(resource.type);
      if (same) same.push(resource);
      else this.types.set(resource.type, [resource]);
    }
  }

  /** The resources of a type. */
  of(type: string): readonly Resource[] {
    return this.types.get(type) ?? [];
  }

  /** The resource of a type with a logical name. */
  byName(type: string, name: string): Resource | undefined {
    const found = this.named.get(name);
    return found?.type === type ? found : undefined;
  }

  /** The resource of a type whose property is the text. */
  byProperty(type: string, property: string, text: string): Resource | undefined {
    return this.texts(type, property).get(text);
  }

  /** The logical names of the resources of a type. */
  names(type: string): ReadonlySet<string> {
    let found = this.logical.get(type);
    if (!found) {
      found = new Set(this.of(type).map(({ name }) => name));
      this.logical.set(type, found);
    }
    return found;
  }

  /** The resources of a type by a property that is a text. */
  texts(type: string, property: string): ReadonlyMap<string, Resource> {
    const key = `${type} ${property}`;
    let found = this.byText.get(key);
    if (!found) {
      found = new Map(
        this.of(type).flatMap((resource) => {
          const value = resource.properties.get(property)?.text;
          return value === undefined ? [] : [[value, resource] as const];
        }),
      );
      this.byText.set(key, found);
    }
    return found;
  }
}

/** A check of a resource, which may look at the others of its template. */
export type Check = (resource: Resource, all: Resources, report: Report) => void;

/** A rule with a whole template as example, of which only the properties of one resource are written. */
export function rule(
  name: string,
  level: Level,
  title: string,
  explanation: string,
  [type, bad, good]: readonly [type: string, bad: string, good: string],
  more: { source?: string; others?: string } = {},
): Rule {
  const template = (properties: string): string =>
    `{"Resources": {"It": {"Type": "${type}", "Properties": ${properties}}${more.others === undefined ? '' : `, ${more.others}`}}}`;
  return {
    id: `cfn/${name}`,
    level,
    title,
    explanation,
    example: { frame: 'document', bad: template(bad), good: template(good), file: 'template.json' },
    ...(more.source === undefined ? {} : { source: more.source }),
  };
}

/** A number, which templates write as a text too. */
export function numberOf(node: Node | undefined): number | undefined {
  if (typeof node?.value === 'number') return node.value;
  return node?.text !== undefined && /^-?\d+(\.\d+)?$/.test(node.text) ? Number(node.text) : undefined;
}

/** The logical name or the text by which a value names something of the template: `!Ref Alarm`, `alarm-1`. */
export function named(node: Node | undefined): { reference?: string; text?: string } {
  const reference = node?.get('Ref')?.text;
  if (reference !== undefined) return { reference };
  return node?.text === undefined ? {} : { text: node.text };
}

/** A text with what a template fills in as `${…}`: of a string, of Fn::Sub, of Fn::Join with nothing between its parts. */
export function writtenText(node: Node | undefined): string | undefined {
  if (node?.text !== undefined) return node.text;
  const substituted = node?.get('Fn::Sub');
  if (substituted) return substituted.text ?? substituted.items[0]?.text;
  const [between, parts] = node?.get('Fn::Join')?.items ?? [];
  if (between?.text === undefined || parts?.kind !== 'array') return undefined;
  return parts.items.map((part) => part.text ?? `\${${placeOf(part) ?? 'FilledIn'}}`).join(between.text);
}

/** The logical name, with an attribute behind a dot, that `Ref` and `Fn::GetAtt` name. */
export function placeOf(node: Node | undefined): string | undefined {
  const reference = node?.get('Ref')?.text;
  if (reference !== undefined) return reference;
  const attribute = node?.get('Fn::GetAtt');
  if (attribute?.text !== undefined) return attribute.text;
  const names = attribute?.items.map(({ text }) => text);
  return names?.length && names.every((name) => name !== undefined) ? names.join('.') : undefined;
}

/** The names by which a resource may be meant in a text: `${Pipeline}`, `${Pipeline.Arn}`, its own name. */
export function means(text: string, { name, properties }: Resource, property: string): boolean {
  if (text.includes(`\${${name}}`) || text.includes(`\${${name}.`)) return true;
  const own = properties.get(property)?.text;
  return own !== undefined && (text === own || text.endsWith(`/${own}`) || text.endsWith(`:${own}`));
}

/** The endpoint of the template that a value names: by Ref, by its attribute, by its name. */
export function endpointOf(node: Node | undefined, all: Resources): Resource | undefined {
  const logical = placeOf(node)?.split('.')[0] ?? /^\$\{(\w+)(\.\w+)?\}$/.exec(writtenText(node) ?? '')?.[1];
  if (logical !== undefined) return all.byName(endpointType, logical);
  return node?.text === undefined ? undefined : all.byProperty(endpointType, 'EndpointName', node.text);
}

/** The properties of the configuration in the template that an endpoint uses. */
export function configOf(endpoint: Node, all: Resources): Node | undefined {
  const name = endpoint.get('EndpointConfigName');
  const logical = placeOf(name)?.split('.')[0] ?? /^\$\{(\w+)(\.\w+)?\}$/.exec(writtenText(name) ?? '')?.[1];
  if (logical !== undefined) return all.byName(configType, logical)?.properties;
  return name?.text === undefined ? undefined : all.byProperty(configType, 'EndpointConfigName', name.text)?.properties;
}

/** The variants of an endpoint; undefined where they are not all written in the template. */
export function variantsOf(endpoint: Resource, all: Resources): readonly Node[] | undefined {
  const variants = configOf(endpoint.properties, all)?.get('ProductionVariants');
  return variants?.kind === 'array' && variants.items.every((item) => item.kind === 'object' && !isIntrinsic(item))
    ? variants.items
    : undefined;
}
