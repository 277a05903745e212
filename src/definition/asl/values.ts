/** What a value of a state machine is: written as it is, filled in by a template, or worked out when the state runs. */
import type { Node } from '../tree';
import type { QueryLanguage } from './model';

/**
 * True for what a template fills in before the machine is made: `${Name}` (Fn::Sub, DefinitionSubstitutions,
 * Terraform), `%NAME%`, `{{name}}`, and functions of CloudFormation.
 */
export function isFilledIn(node: Node): boolean {
  return node.text === undefined ? isFunction(node) : hasPlaceholder(node.text);
}

const [space, percent, angle, brace] = [0x20, 0x25, 0x3c, 0x7b];

export function hasPlaceholder(text: string): boolean {
  if (text.includes('${') && /\$\{[^{}]*\}/.test(text)) return true;
  const first = text.charCodeAt(0);
  // Nearly every text begins with a letter.
  if (first !== percent && first !== brace && first !== angle && first > space) return false;
  return /^\s*(%\w+%|\{\{.*\}\}|<[\w -]+>)\s*$/.test(text);
}

/** `{"Ref": …}`, `{"Fn::Sub": …}`: one member, which CloudFormation replaces by a value. */
function isFunction(node: Node): boolean {
  if (node.children.length !== 1) return false;
  const [only] = node.members;
  return only !== undefined && (only.key === 'Ref' || /^Fn(::|\$)/.test(String(only.key)));
}

/** True for a text that holds a JSONata expression, whole or begun. */
export function isExpression(text: string): boolean {
  return text.startsWith('{%');
}

/** True for a value that is known only when the state runs, or when the machine is made. */
export function isComputed(node: Node, language: QueryLanguage): boolean {
  return isFilledIn(node) || (language === 'JSONata' && node.text !== undefined && isExpression(node.text));
}

/** The member's name without the suffix of a looked-up value in JSONPath. */
export function plainName(key: string | number | undefined): string {
  const name = String(key);
  return name.endsWith('.$') ? name.slice(0, -2) : name;
}

/** True for a member that a JSONPath state looks up: its name ends in `.$`. */
export function isLookedUp({ key }: Node): boolean {
  return typeof key === 'string' && key.endsWith('.$');
}
