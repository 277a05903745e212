/** Cycles among the steps: the strongly connected parts of the graph of dependencies, after Tarjan, without recursion. */
import type { Finding } from '../finding';
import type { Node } from '../tree';
import type { Pipeline, Step } from './model';

/** By step name, the names of the steps that it waits for, with its Condition step. */
type Edges = ReadonlyMap<string, readonly string[]>;

/** More edges of one cycle than this are not marked. */
const maxMarked = 100;

/** A finding for each written dependency that lies on a cycle. Dependencies of a step on itself are not among them. */
export function cyclesOf(pipeline: Pipeline): Finding[] {
  const edges = edgesOf(pipeline);
  if (areInOrder(edges)) return [];
  return components(edges).flatMap((component) => {
    const ring = ringIn(component, edges);
    const dependencies = [...component].flatMap((name) => written(name, component, pipeline));
    return dependencies.slice(0, maxMarked).map(({ place, from, to }) => findingAt(place, from, to, ring, pipeline));
  });
}

/** True where every step stands behind those that it waits for, as most definitions have them: no ring is possible. */
function areInOrder(edges: Edges): boolean {
  const before = new Set<string>();
  for (const [name, waitsFor] of edges) {
    if (waitsFor.some((other) => !before.has(other) && edges.has(other))) return false;
    before.add(name);
  }
  return true;
}

function edgesOf({ stepsByName }: Pipeline): Edges {
  const edges = new Map<string, readonly string[]>();
  for (const [name, steps] of stepsByName) {
    const [first] = steps;
    const isPlain = steps.length === 1 && first?.condition?.name === undefined;
    edges.set(name, isPlain && first ? first.upstream : steps.flatMap(waitsFor));
  }
  return edges;
}

function waitsFor({ upstream, condition }: Step): readonly string[] {
  return condition?.name === undefined ? upstream : [...upstream, condition.name];
}

/** A place where one step says that it waits for another. */
interface Dependency {
  place: Node;
  from: string;
  to: string;
}

/** Where the steps named `from` say that they wait for others of a component. */
function written(from: string, component: ReadonlySet<string>, { stepsByName }: Pipeline): Dependency[] {
  return (stepsByName.get(from) ?? []).flatMap((step) => {
    const others = step.upstream.filter((to) => to !== from && component.has(to));
    return others.flatMap((to) => placesOf(step, to).map((place) => ({ place, from, to })));
  });
}

/** Every place in DependsOn; of the references the first, since all of them are mended in one place. */
function placesOf({ dependsOn, references }: Step, to: string): Node[] {
  const places = dependsOn.filter(({ name }) => name === to).map(({ node }) => node);
  const reference = references.find(({ root, target }) => root === 'Steps' && target === to);
  return reference ? [...places, reference.node] : places;
}

function findingAt(node: Node, from: string, to: string, ring: readonly string[], pipeline: Pipeline): Finding {
  const related = ring.flatMap((name, index) => {
    const nameNode = pipeline.stepsByName.get(name)?.[0]?.nameNode;
    return nameNode ? [{ node: nameNode, message: `${name} waits for ${ring[(index + 1) % ring.length] ?? ''}.` }] : [];
  });
  const finding: Finding = {
    rule: 'sm/cycle',
    node,
    message: `Steps wait for each other: ${[...ring, ring[0]].join(' → ')}. Remove the dependency of '${from}' on '${to}', or another one of the circle.`,
    related,
  };
  if (node.parent?.key === 'DependsOn')
    finding.fixes = (edit) => [edit.fix('Remove this dependency', [edit.remove(node)])];
  return finding;
}

/** Strongly connected components of more than one step. */
function components(edges: Edges): Set<string>[] {
  const found: Set<string>[] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  for (const root of edges.keys()) {
    if (order.has(root)) continue;
    const work: { name: string; next: number }[] = [{ name: root, next: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1);
      if (!frame) break;
      const { name } = frame;
      if (frame.next === 0) {
        order.set(name, order.size);
        low.set(name, order.get(name) ?? 0);
        stack.push(name);
        onStack.add(name);
      }
      const to = edges.get(name)?.[frame.next++];
      if (to !== undefined) {
        if (!order.has(to) && edges.has(to)) work.push({ name: to, next: 0 });
        else if (onStack.has(to)) low.set(name, Math.min(low.get(name) ?? 0, order.get(to) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.name;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent) ?? 0, low.get(name) ?? 0));
      if (low.get(name) !== order.get(name)) continue;
      const component = popComponent(name, stack, onStack);
      if (component.size > 1) found.push(component);
    }
  }
  return found;
}

function popComponent(root: string, stack: string[], onStack: Set<string>): Set<string> {
  const component = new Set<string>();
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    component.add(name);
    onStack.delete(name);
    if (name === root) break;
  }
  return component;
}

/** One ring inside a component, for the message: the shortest from its first step back to it. */
function ringIn(component: ReadonlySet<string>, edges: Edges): string[] {
  const start = [...component].at(-1) ?? '';
  const before = new Map<string, string>();
  const queue = [start];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const to of edges.get(name) ?? []) {
      if (to === name) continue;
      if (to === start) {
        const ring = [name];
        for (let at = before.get(name); at !== undefined; at = before.get(at)) ring.unshift(at);
        return ring;
      }
      if (!component.has(to) || before.has(to)) continue;
      before.set(to, name);
      queue.push(to);
    }
  }
  return [...component];
}
