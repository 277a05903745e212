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

export function hasPlaceholder(text: string): boolean {
  return (
    (text.includes('${') && /\$\{[^{}]*\}/.test(text)) ||
    (/^\s*[%{<]/.test(text) && /^\s*(%\w+%|\{\{.*\}\}|<[\w -]+>)\s*$/.test(text))
  );
}

/** `{"Ref": …}`, `{"Fn::Sub": …}`: one member, which CloudFormation replaces by a value. */
function isFunction(node: Node): boolean {
  const [only] = node.members;
  return only !== undefined && node.members.length === 1 && (only.key === 'Ref' || /^Fn(::|\$)/.test(String(only.key)));
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
  return String(key).replace(/\.\$$/, '');
}
