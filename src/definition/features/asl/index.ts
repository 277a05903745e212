/**
 * Editing features of state machines.
 *
 *   completion.ts snippets.ts hover.ts entities.ts   one feature each
 */
import { machineGraph } from '../../asl/graph';
import { buildMachine, isMachine, type StateMachine } from '../../asl/model';
import type { SourceDocument } from '../../document';
import type { Node, Tree } from '../../tree';
import { outline } from '../outline';
import type { Completion, HoverText, SymbolEntry } from '../results';
import type { LanguageFeatures } from '../support';
import { completeMachine } from './completion';
import { machineEntities } from './entities';
import { hoverMachine } from './hover';

export const aslFeatures: LanguageFeatures = {
  language: 'asl',
  complete: (document, offset) => withRoot(document, (root) => complete(document.tree, root, offset)) ?? [],
  hover: (document, offset) => withRoot(document, (root) => hover(document.tree, root, offset)),
  entities: (document) => withRoot(document, (root) => machineEntities(buildMachine(root))) ?? [],
  symbols: ({ tree }) => machineSymbols(tree),
  lenses: ({ tree }) =>
    isMachine(tree.root) ? [{ range: tree.range(tree.root.start, tree.root.start), kind: 'graph' }] : [],
  graph: (document) => withRoot(document, (root) => (isMachine(root) ? machineGraph(buildMachine(root)) : undefined)),
};

/** What may be written at `offset` of the machine in `node`. */
export function complete(tree: Tree, node: Node, offset: number): Completion[] {
  return completeMachine(tree, machineOf(node), offset);
}

/** What stands at `offset` of the machine in `node`. */
export function hover(tree: Tree, node: Node, offset: number): HoverText | undefined {
  return hoverMachine(tree, machineOf(node), offset);
}

const known = new WeakMap<Node, StateMachine>();

function machineOf(node: Node): StateMachine {
  let machine = known.get(node);
  if (!machine) {
    machine = buildMachine(node);
    known.set(node, machine);
  }
  return machine;
}

function withRoot<T>({ tree }: SourceDocument, use: (root: Node) => T): T | undefined {
  return tree.root?.kind === 'object' ? use(tree.root) : undefined;
}

/** The outline of a text whose root is a state machine. */
export function machineSymbols(tree: Tree): SymbolEntry[] {
  return outline(tree, (node) => {
    const type = node.get('Type')?.text;
    return node.parent?.key === 'States' && type !== undefined
      ? { name: String(node.key), kind: 'step', detail: type }
      : undefined;
  });
}
