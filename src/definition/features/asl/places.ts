/** Where a place in a text stands in a state machine. */
import type { Scope, State, StateMachine } from '../../asl/model';
import type { Node } from '../../tree';

/** The innermost state whose members hold `node`, and the innermost scope. */
export function around(
  { states, scopes }: StateMachine,
  node: Node,
): { state: State | undefined; scope: Scope | undefined } {
  const stateOf = new Map<Node, State>(states.map((state) => [state.node, state]));
  const scopeOf = new Map<Node, Scope>(scopes.map((scope) => [scope.node, scope]));
  for (let one: Node | undefined = node; one; one = one.parent) {
    const state = stateOf.get(one);
    if (state) return { state, scope: state.scope };
    const scope = scopeOf.get(one);
    if (scope) return { state: undefined, scope };
  }
  return { state: undefined, scope: undefined };
}

/** The names and indices from `base` to `node`. */
export function pathBelow(base: Node, node: Node): (string | number)[] {
  const path: (string | number)[] = [];
  for (let one: Node | undefined = node; one && one !== base; one = one.parent) path.unshift(one.key ?? '');
  return path;
}
