import type { Level, Report, Rule } from '../rule';
import type { Node } from '../tree';

/** A resource of a template. */
export interface Resource {
  /** Its logical name. */
  name: string;
  type: string;
  properties: Node;
}

/** A check of a resource, which may look at the others of its template. */
export type Check = (resource: Resource, all: readonly Resource[], report: Report) => void;

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
