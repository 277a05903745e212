/** Ways of saying things that many rules share. */
import type { Finding } from '../../finding';
import { nearest, oneOf } from '../../near';
import type { Report } from '../../rule';
import type { Node } from '../../tree';
import type { Named } from '../model';
import { memberSynonyms } from '../vocabulary';

/** ` Did you mean 'x'?`, or nothing. */
export function hint(near: string | undefined): string {
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}

/** What is said of a name that is near to nothing known. */
export const mayBeNewer = ' It may be newer than this tool.';

/** The member of `allowed` that was meant by `name`: one near to it, or one that other tools call so. */
export function nearestMember(name: string, allowed: Iterable<string>): string | undefined {
  const list = [...allowed];
  const synonym = memberSynonyms[name]?.find((candidate) => list.includes(candidate));
  return synonym ?? nearest(name, list);
}

/**
 * Reports a member that its object does not have: as the rule says where a known one is near, as a warning where it
 * may be newer than the tables. `owner` names the object in the message: `A Training step`.
 */
export function unknownMember(
  rule: string,
  node: Node,
  owner: string,
  allowed: Iterable<string>,
  report: Report,
  closed = false,
): void {
  const name = String(node.key);
  const near = nearestMember(name, allowed);
  const taken = near !== undefined && node.parent?.get(near) !== undefined;
  const finding: Finding = {
    rule,
    node,
    mark: 'key',
    message: `${owner} has no member '${name}'.${hint(near)}${near === undefined && !closed ? mayBeNewer : ''}`,
    fixes: (edit) => [
      near === undefined || taken ? undefined : edit.fix(`Rename to '${near}'`, [edit.key(node, near)], true),
      edit.fix(`Remove '${name}'`, [edit.remove(node)]),
    ],
  };
  if (near === undefined && !closed) finding.atMost = 'warning';
  report(finding);
}

/** Reports every member of `node` that is not among `allowed`. */
export function checkMembers(
  rule: string,
  node: Node,
  owner: string,
  allowed: readonly string[],
  report: Report,
  closed = false,
): void {
  for (const member of node.members) {
    if (!allowed.includes(String(member.key))) unknownMember(rule, member, owner, allowed, report, closed);
  }
}

/** Reports a string that is not one of `allowed`; near to none of them it is at most a warning unless `closed`. */
export function unknownValue(
  rule: string,
  node: Node,
  what: string,
  allowed: readonly string[],
  report: Report,
  options: { near?: string | undefined; closed?: boolean } = {},
): void {
  const value = node.text ?? '';
  const near = options.near ?? nearest(value, allowed);
  const choice = near === undefined ? ` It is one of ${oneOf(allowed)}.` : hint(near);
  const unsure = near === undefined && !options.closed;
  const finding: Finding = {
    rule,
    node,
    message: `'${value}' is not ${/^[aeiou]/i.test(what) ? 'an' : 'a'} ${what}.${choice}${unsure ? mayBeNewer : ''}`,
    fixes: (edit) =>
      near === undefined
        ? allowed.slice(0, 6).map((choice) => edit.fix(`Change to '${choice}'`, [edit.value(node, choice)]))
        : [edit.fix(`Change to '${near}'`, [edit.value(node, near)], true)],
  };
  if (unsure) finding.atMost = 'warning';
  report(finding);
}

/** Reports that `node` lacks member `name`; the fix adds it with `value`. */
export function missingMember(
  rule: string,
  node: Node,
  message: string,
  name: string,
  value: unknown,
  report: Report,
): void {
  report({
    rule,
    node,
    mark: 'opening',
    message,
    fixes: (edit) => [edit.fix(`Add '${name}'`, [edit.insert(node, name, value)])],
  });
}

/** The training jobs that the arguments of a Tuning step define: one, or several. */
export function tunedJobs(args: Node): readonly Node[] {
  const one = args.get('TrainingJobDefinition');
  return [...(one ? [one] : []), ...(args.get('TrainingJobDefinitions')?.items ?? [])];
}

/** Of a few names: comparing them costs less than a map of them. */
function areUnique(named: readonly { name: string }[]): boolean {
  for (let at = 1; at < named.length; at++)
    for (let before = 0; before < at; before++) if (named[before]?.name === named[at]?.name) return false;
  return true;
}

/** Reports a name that is taken already: `node` is the second, `first` the one that has it. */
export function checkUnique(
  rule: string,
  named: readonly Pick<Named, 'name' | 'nameNode'>[],
  messageOf: (name: string) => string,
  report: Report,
): void {
  if (named.length < 2 || (named.length < 8 && areUnique(named))) return;
  const firsts = new Map<string, Node>();
  for (const { name, nameNode } of named) {
    const first = firsts.get(name);
    if (!first) firsts.set(name, nameNode);
    else
      report({ rule, node: nameNode, message: messageOf(name), related: [{ node: first, message: 'The first one.' }] });
  }
}

const kindNames: Record<Node['kind'], string> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
  missing: 'nothing',
};

/** `a string`, `an object`: what a value is, for messages. */
export function kindOf(node: Node): string {
  return kindNames[node.kind];
}

/** True where there is something to check: neither null nor still being typed. */
export function given(node: Node | undefined): node is Node {
  return node !== undefined && node.kind !== 'missing' && node.kind !== 'null';
}

/** `*ROLE_ARN*`, which a program is to replace. */
export function isStarred(text: string): boolean {
  return text.startsWith('*') && /^\*[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\*$/.test(text);
}

/** Text that a template or a person was to replace: `<YOUR_ROLE>`, `${Bucket}`, `{{ name }}`, `*ROLE_ARN*`. */
export function isPlaceholder(text: string): boolean {
  return /<[A-Za-z][\w .-]*>|\$\{[^}]+\}|\{\{[^}]+\}\}|^\s*$/.test(text.slice(0, 4096)) || isStarred(text);
}
