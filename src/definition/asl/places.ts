/** Where expressions may stand in a state: paths and payload templates of JSONPath, expressions of JSONata. */
import type { Node } from '../tree';
import type { State } from './model';

/** What is not part of a state's own expressions: other states, and what the service does not evaluate. */
const apart = new Set(['Branches', 'ItemProcessor', 'Iterator', 'Comment', 'Type', 'Next', 'Default', 'QueryLanguage']);

/** A payload template of a JSONPath state: members ending in `.$` are looked up. */
export interface Template {
  node: Node;
  /** The member that holds it: `Parameters`. */
  name: string;
}

/** The payload templates of a JSONPath state. */
export function* templatesOf({ node, type }: State): Generator<Template> {
  for (const name of ['Parameters', 'ResultSelector', 'ItemSelector', 'Credentials', 'Assign'])
    yield* template(node, name);
  for (const rule of node.get('Choices')?.items ?? []) yield* template(rule, 'Assign');
  for (const catcher of node.get('Catch')?.items ?? []) yield* template(catcher, 'Assign');
  if (type !== 'Map') return;
  yield* template(node.get('ItemReader'), 'Parameters');
  yield* template(node.get('ItemBatcher'), 'BatchInput');
  yield* template(node.get('ResultWriter'), 'Parameters');
}

function* template(parent: Node | undefined, name: string): Generator<Template> {
  const node = parent?.get(name);
  if (node) yield { node, name };
}

/** A text of a JSONata state in which an expression may stand, and what it may read there. */
export interface ExpressionPlace {
  node: Node;
  /** `$states.result` is there. */
  result: boolean;
  /** `$states.errorOutput` is there. */
  errorOutput: boolean;
}

const withResult = new Set(['Task', 'Parallel', 'Map']);

/** Every text of a JSONata state that may be an expression. */
export function* expressionPlaces({ node, type }: State): Generator<ExpressionPlace> {
  for (const member of node.members) {
    const name = String(member.key);
    if (apart.has(name)) continue;
    const isOutcome = name === 'Output' || name === 'Assign';
    if (name === 'Catch') {
      for (const catcher of member.items) {
        for (const one of catcher.members) {
          const errorOutput = one.key === 'Output' || one.key === 'Assign';
          if (errorOutput) yield* texts(one, { result: false, errorOutput });
        }
      }
    } else if (name !== 'Retry') {
      yield* texts(member, { result: isOutcome && withResult.has(type ?? ''), errorOutput: false });
    }
  }
}

function* texts(root: Node, what: Omit<ExpressionPlace, 'node'>): Generator<ExpressionPlace> {
  for (const node of root.walk()) {
    if (node.text === undefined || node.key === 'Next' || node.key === 'Comment') continue;
    yield { node, ...what };
  }
}

/** The objects that give values to variables when the state, or its choice or catcher, is left. */
export function* assignmentsOf({ node }: State): Generator<Node> {
  const own = node.get('Assign');
  if (own) yield own;
  for (const list of ['Choices', 'Catch']) {
    for (const one of node.get(list)?.items ?? []) {
      const assign = one.get('Assign');
      if (assign) yield assign;
    }
  }
}
