/**
 * In which layer each node of one connected graph stands. Layers are whole numbers from 0; every edge leads at least
 * one layer down, but for those that close a cycle.
 */

/** Above all layers: where a node is until an edge leads it down. */
const nowhere = -1e9;

/** An edge between nodes by their index. */
export interface RankedEdge {
  from: number;
  to: number;
}

/**
 * Layers in which all edges together pass as few layers as can be: the network simplex method of Gansner, Koutsofios,
 * North and Vo, "A Technique for Drawing Directed Graphs" (1993), section 2.
 * @param size how many nodes there are, all joined by the edges
 */
export function rank(size: number, edges: readonly RankedEdge[]): number[] {
  const forward = withoutCycles(size, edges);
  const layers = earliest(size, forward);
  shorten(layers, forward);
  const first = Math.min(...layers);
  return Array.from(layers, (layer) => layer - first);
}

/**
 * Layers as they were, but where an edge has to lead down: what it leads to moves, and what follows that, as far as it
 * must.
 * @param before the layer that a node had; undefined for one that is new
 */
export function rankAgain(before: readonly (number | undefined)[], edges: readonly RankedEdge[]): number[] {
  const forward = withoutCycles(before.length, edges);
  const latest = new Map<number, number>();
  for (const { from, to } of forward.toReversed()) {
    const next = before[to] ?? latest.get(to);
    if (next !== undefined) latest.set(from, Math.min(latest.get(from) ?? Infinity, next - 1));
  }
  const hasBefore = new Set(forward.map(({ to }) => to));
  const layers = Int32Array.from(
    before,
    (layer, node) => layer ?? (hasBefore.has(node) ? nowhere : (latest.get(node) ?? 0)),
  );
  sink(layers, forward);
  // Where all nodes of a layer are gone, it is too.
  const used = new Map([...new Set(layers)].sort((a, b) => a - b).map((layer, index) => [layer, index]));
  return Array.from(layers, (layer) => used.get(layer) ?? 0);
}

/**
 * The edges but for those back to a node that comes before, in an order in which each is passed before those that
 * follow: where everything that is left waits for a cycle, the first node breaks it.
 */
function withoutCycles(size: number, edges: readonly RankedEdge[]): RankedEdge[] {
  const after: RankedEdge[][] = Array.from({ length: size }, () => []);
  const waiting = new Int32Array(size);
  for (const edge of edges) {
    if (edge.from === edge.to) continue;
    after[edge.from]?.push(edge);
    waiting[edge.to] = (waiting[edge.to] ?? 0) + 1;
  }
  const taken = new Uint8Array(size);
  const ready: number[] = [];
  const forward: RankedEdge[] = [];
  for (const [node, count] of waiting.entries()) if (count === 0) ready.push(node);
  let first = 0;
  for (let next = 0, left = size; left > 0; left -= 1) {
    while (next < ready.length && taken[ready[next] ?? 0]) next += 1;
    while (next >= ready.length && taken[first]) first += 1;
    const node = next < ready.length ? (ready[next++] ?? 0) : first;
    taken[node] = 1;
    for (const edge of after[node] ?? []) {
      if (taken[edge.to]) continue;
      forward.push(edge);
      const count = (waiting[edge.to] ?? 1) - 1;
      waiting[edge.to] = count;
      if (count === 0) ready.push(edge.to);
    }
  }
  return forward;
}

/** Each node one layer below the lowest of those before it. */
function earliest(size: number, forward: readonly RankedEdge[]): Int32Array {
  const layers = new Int32Array(size);
  sink(layers, forward);
  return layers;
}

/** Moves down what stands beside or above a node that leads to it. */
function sink(layers: Int32Array, forward: readonly RankedEdge[]): void {
  for (const { from, to } of forward) layers[to] = Math.max(layers[to] ?? 0, (layers[from] ?? 0) + 1);
}

/**
 * Makes the edges short. A tree of edges of one layer holds the nodes together; where more edges pull the part below a
 * branch of it to the other side, that part moves until another edge is one layer long and joins it to the rest.
 */
function shorten(layers: Int32Array, edges: readonly RankedEdge[]): void {
  const size = layers.length;
  const tree = tightTree(layers, edges);
  /** How many more edges lead out of a node, later out of a whole branch, than into it: by so much it is pulled down. */
  const own = new Int32Array(size);
  for (const { from, to } of edges) {
    own[from] = (own[from] ?? 0) + 1;
    own[to] = (own[to] ?? 0) - 1;
  }
  const walk = treeWalk(tree);
  const pull = new Int32Array(size);
  const inside = new Uint8Array(size);
  for (let turns = size * 4; turns > 0; turns -= 1) {
    const order = walk();
    pull.set(own);
    const branch = mostPulled(order, tree, pull, layers);
    if (branch === undefined) return;
    inside.fill(0);
    inside[branch.top] = 1;
    for (let at = 0; at < size; at += 1) {
      const node = order[at] ?? 0;
      if (inside[tree[node] ?? -1]) inside[node] = 1;
    }
    const join = leaving(edges, layers, inside, branch.down);
    if (!join) return;
    const way = (branch.down ? 1 : -1) * (span(join, layers) - 1);
    if (way !== 0)
      for (let node = 0; node < size; node += 1) if (inside[node]) layers[node] = (layers[node] ?? 0) + way;
    hang(tree, branch.top, branch.down ? join.from : join.to, branch.down ? join.to : join.from);
  }
}

/** The shortest of the edges that lead out of a branch, downwards or else upwards. */
function leaving(
  edges: readonly RankedEdge[],
  layers: Int32Array,
  inside: Uint8Array,
  down: boolean,
): RankedEdge | undefined {
  let best: RankedEdge | undefined;
  let least = Infinity;
  for (let index = 0; index < edges.length; index += 1) {
    const edge = edges[index];
    if (!edge || inside[edge.from] === inside[edge.to] || (inside[edge.from] === 1) !== down) continue;
    const length = span(edge, layers);
    if (length >= least) continue;
    best = edge;
    least = length;
  }
  return best;
}

function span({ from, to }: RankedEdge, layers: Int32Array): number {
  return (layers[to] ?? 0) - (layers[from] ?? 0);
}

/** A tree over edges of one layer, moving what it has where none leads on. @returns each node's parent; the root's is -1 */
function tightTree(layers: Int32Array, edges: readonly RankedEdge[]): Int32Array {
  const size = layers.length;
  const tree = new Int32Array(size).fill(-1);
  const joined = new Uint8Array(size);
  const at: RankedEdge[][] = Array.from({ length: size }, () => []);
  for (const edge of edges) {
    at[edge.from]?.push(edge);
    at[edge.to]?.push(edge);
  }
  const grown: number[] = [];
  const join = (node: number, parent: number): void => {
    joined[node] = 1;
    tree[node] = parent;
    grown.push(node);
  };
  join(0, -1);
  for (let next = 0; grown.length < size;) {
    for (; next < grown.length; next += 1) {
      const node = grown[next] ?? 0;
      for (const edge of at[node] ?? []) {
        const other = edge.from === node ? edge.to : edge.from;
        if (!joined[other] && span(edge, layers) === 1) join(other, node);
      }
    }
    const leading = bordering(edges, layers, joined);
    if (!leading) return tree;
    const way = (joined[leading.from] ? 1 : -1) * (span(leading, layers) - 1);
    for (const node of grown) layers[node] = (layers[node] ?? 0) + way;
    if (joined[leading.from]) join(leading.to, leading.from);
    else join(leading.from, leading.to);
  }
  return tree;
}

/** The shortest of the edges with one end among the joined nodes. */
function bordering(edges: readonly RankedEdge[], layers: Int32Array, joined: Uint8Array): RankedEdge | undefined {
  let best: RankedEdge | undefined;
  let least = Infinity;
  for (let index = 0; index < edges.length; index += 1) {
    const edge = edges[index];
    if (!edge || joined[edge.from] === joined[edge.to]) continue;
    const length = span(edge, layers);
    if (length >= least) continue;
    best = edge;
    least = length;
  }
  return best;
}

/** Answers, each time it is asked, the nodes of the tree as it is then, each after its parent, in the same array. */
function treeWalk(tree: Int32Array): () => Int32Array {
  const size = tree.length;
  const order = new Int32Array(size);
  const firstBelow = new Int32Array(size);
  const nextBeside = new Int32Array(size);
  return () => {
    let count = 0;
    firstBelow.fill(-1);
    for (let node = size - 1; node >= 0; node -= 1) {
      const parent = tree[node] ?? -1;
      if (parent < 0) {
        order[count] = node;
        count += 1;
        continue;
      }
      nextBeside[node] = firstBelow[parent] ?? -1;
      firstBelow[parent] = node;
    }
    for (let at = 0; at < count; at += 1) {
      for (let node = firstBelow[order[at] ?? 0] ?? -1; node >= 0; node = nextBeside[node] ?? -1) {
        order[count] = node;
        count += 1;
      }
    }
    return order;
  };
}

/**
 * The branch of the tree that most edges pull away from its parent: its top, and whether down or up.
 * @param pull by how much each node is pulled down; becomes by how much each branch is
 */
function mostPulled(
  order: Int32Array,
  tree: Int32Array,
  pull: Int32Array,
  layers: Int32Array,
): { top: number; down: boolean } | undefined {
  let top: number | undefined;
  let most = 0;
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const node = order[at] ?? 0;
    const parent = tree[node] ?? -1;
    if (parent < 0) continue;
    const force = pull[node] ?? 0;
    pull[parent] = (pull[parent] ?? 0) + force;
    const away = (layers[node] ?? 0) > (layers[parent] ?? 0) ? force : -force;
    if (away <= most) continue;
    most = away;
    top = node;
  }
  return top === undefined ? undefined : { top, down: (pull[top] ?? 0) > 0 };
}

/** Hangs the branch below `oldTop` under a parent of another branch, by a node of its own that is its top from now on. */
function hang(tree: Int32Array, oldTop: number, top: number, parent: number): void {
  let above = parent;
  for (let node = top; ;) {
    const before = tree[node] ?? -1;
    tree[node] = above;
    if (node === oldTop) return;
    [above, node] = [node, before];
  }
}
