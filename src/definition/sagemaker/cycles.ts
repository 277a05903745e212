/** Cycles among the steps: the strongly connected parts of the graph of dependencies, after Tarjan, without recursion. */
import type { Finding } from '../finding';
import type { Node } from '../tree';
import { type Pipeline, type Step, upstream } from './model';

interface Edge {
  to: string;
  /** Where the dependency is written: in DependsOn or a reference; undefined for that of a step on its Condition step. */
  places: readonly Node[];
}

/** More edges of one cycle than this are not marked. */
const maxMarked = 100;

/** A finding for each written dependency that lies on a cycle. Dependencies of a step on itself are not among them. */
export function cyclesOf(pipeline: Pipeline): Finding[] {
  const edges = new Map<string, Edge[]>();
  for (const step of pipeline.steps)
    if (step.name !== undefined) edges.set(step.name, [...(edges.get(step.name) ?? []), ...edgesOf(step, pipeline)]);
  const findings: Finding[] = [];
  for (const component of components(edges)) {
    if (component.size < 2) continue;
    const ring = ringIn(component, edges);
    let marked = 0;
    for (const from of component) {
      for (const { to, places } of edges.get(from) ?? []) {
        if (!component.has(to)) continue;
        for (const place of places) if (marked++ < maxMarked) findings.push(findingAt(place, from, to, ring, pipeline));
      }
    }
  }
  return findings;
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

function edgesOf(step: Step, pipeline: Pipeline): Edge[] {
  const edges: Edge[] = [];
  for (const [to, places] of upstream(step)) {
    if (to === step.name || !pipeline.stepsByName.has(to)) continue;
    // Every DependsOn is marked, of the references only the first: they are all mended in one place.
    const named = places.filter((place) => place.parent?.key === 'DependsOn');
    const reference = places.find((place) => place.parent?.key !== 'DependsOn');
    edges.push({ to, places: reference ? [...named, reference] : named });
  }
  if (step.condition?.name !== undefined) edges.push({ to: step.condition.name, places: [] });
  return edges;
}

/** Strongly connected components of more than nothing. */
function components(edges: ReadonlyMap<string, readonly Edge[]>): Set<string>[] {
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
      const edge = edges.get(name)?.[frame.next++];
      if (edge) {
        if (!order.has(edge.to)) work.push({ name: edge.to, next: 0 });
        else if (onStack.has(edge.to)) low.set(name, Math.min(low.get(name) ?? 0, order.get(edge.to) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.name;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent) ?? 0, low.get(name) ?? 0));
      if (low.get(name) === order.get(name)) found.push(popComponent(name, stack, onStack));
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
function ringIn(component: ReadonlySet<string>, edges: ReadonlyMap<string, readonly Edge[]>): string[] {
  const start = [...component].at(-1) ?? '';
  const before = new Map<string, string>();
  const queue = [start];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const { to } of edges.get(name) ?? []) {
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
