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

/** The edges at each node: at node `n` those in `list` from `starts[n]` on, in their order. */
interface Incidence {
  starts: Int32Array;
  list: Int32Array;
}

function incidence(size: number, edges: readonly RankedEdge[]): Incidence {
  const starts = new Int32Array(size + 1);
  for (const { from, to } of edges) {
    starts[from] = (starts[from] ?? 0) + 1;
    starts[to] = (starts[to] ?? 0) + 1;
  }
  for (let node = 1; node <= size; node += 1) starts[node] = (starts[node] ?? 0) + (starts[node - 1] ?? 0);
  const list = new Int32Array(2 * edges.length);
  // Filled from the end, each start comes down from the end of its node's edges to their begin.
  const put = (node: number, edge: number): void => {
    const at = (starts[node] ?? 0) - 1;
    starts[node] = at;
    list[at] = edge;
  };
  for (let edge = edges.length - 1; edge >= 0; edge -= 1) {
    const { from, to } = edges[edge] ?? { from: 0, to: 0 };
    put(to, edge);
    put(from, edge);
  }
  return { starts, list };
}

/**
 * Makes the edges short. A tree of edges of one layer holds the nodes together; where more edges pull the part below a
 * branch of it to the other side, that part moves until another edge is one layer long and joins it to the rest. What a
 * move costs depends on the branch and its way to the root, and hardly on the graph.
 */
function shorten(layers: Int32Array, edges: readonly RankedEdge[]): void {
  const size = layers.length;
  const at = incidence(size, edges);
  const { tree, order } = tightTree(layers, edges, at);
  const pull = pulls(tree, order, edges);
  const inside = new Uint8Array(size);
  const branch = new Int32Array(size);
  for (let turns = size * 4; turns > 0; turns -= 1) {
    const top = mostPulled(tree, pull, layers);
    if (top === undefined) return;
    const force = pull[top] ?? 0;
    const count = gather(top, tree, edges, at, inside, branch);
    const join = leaving(branch.subarray(0, count), edges, at, layers, inside, force > 0);
    for (let index = 0; index < count; index += 1) inside[branch[index] ?? 0] = 0;
    const edge = edges[join];
    if (!edge) return;
    const way = Math.sign(force) * (span(edge, layers) - 1);
    if (way !== 0) {
      for (let index = 0; index < count; index += 1) {
        const node = branch[index] ?? 0;
        layers[node] = (layers[node] ?? 0) + way;
      }
    }
    hang(tree, pull, top, force > 0 ? edge.from : edge.to, force > 0 ? edge.to : edge.from);
  }
}

/**
 * By how much each node, with the whole branch below it, is pulled down: so many more edges lead out of it than into it.
 * @param order the nodes, each after its parent
 */
function pulls(tree: Int32Array, order: Int32Array, edges: readonly RankedEdge[]): Int32Array {
  const pull = new Int32Array(tree.length);
  for (const { from, to } of edges) {
    pull[from] = (pull[from] ?? 0) + 1;
    pull[to] = (pull[to] ?? 0) - 1;
  }
  for (let index = order.length - 1; index > 0; index -= 1) {
    const node = order[index] ?? 0;
    const parent = tree[node] ?? 0;
    pull[parent] = (pull[parent] ?? 0) + (pull[node] ?? 0);
  }
  return pull;
}

/** The top of the branch of the tree that most edges pull away from its parent. */
function mostPulled(tree: Int32Array, pull: Int32Array, layers: Int32Array): number | undefined {
  let top: number | undefined;
  let most = 0;
  // Later nodes mostly stand lower, with less below them that has to move along.
  for (let node = tree.length - 1; node >= 0; node -= 1) {
    const force = pull[node] ?? 0;
    if (force <= most && -force <= most) continue;
    const parent = tree[node] ?? -1;
    if (parent < 0) continue;
    const away = (layers[node] ?? 0) > (layers[parent] ?? 0) ? force : -force;
    if (away <= most) continue;
    most = away;
    top = node;
  }
  return top;
}

/** Collects a branch into `branch`, marked in `inside`: the tree's edges are among the graph's. @returns how many nodes */
function gather(
  top: number,
  tree: Int32Array,
  edges: readonly RankedEdge[],
  { starts, list }: Incidence,
  inside: Uint8Array,
  branch: Int32Array,
): number {
  let count = 1;
  branch[0] = top;
  inside[top] = 1;
  for (let next = 0; next < count; next += 1) {
    const node = branch[next] ?? 0;
    const end = starts[node + 1] ?? 0;
    for (let index = starts[node] ?? 0; index < end; index += 1) {
      const edge = edges[list[index] ?? 0];
      if (!edge) continue;
      const other = edge.from === node ? edge.to : edge.from;
      if (tree[other] !== node || inside[other]) continue;
      inside[other] = 1;
      branch[count] = other;
      count += 1;
    }
  }
  return count;
}

/** The shortest, and of those the first, of the edges that lead out of a branch, downwards or else upwards; -1 for none. */
function leaving(
  branch: Int32Array,
  edges: readonly RankedEdge[],
  { starts, list }: Incidence,
  layers: Int32Array,
  inside: Uint8Array,
  down: boolean,
): number {
  let best = -1;
  let least = Infinity;
  for (let next = 0; next < branch.length; next += 1) {
    const node = branch[next] ?? 0;
    const end = starts[node + 1] ?? 0;
    for (let index = starts[node] ?? 0; index < end; index += 1) {
      const number = list[index] ?? 0;
      const edge = edges[number];
      if (!edge || inside[down ? edge.to : edge.from]) continue;
      const length = span(edge, layers);
      if (length > least || (length === least && number > best)) continue;
      best = number;
      least = length;
    }
  }
  return best;
}

function span({ from, to }: RankedEdge, layers: Int32Array): number {
  return (layers[to] ?? 0) - (layers[from] ?? 0);
}

/**
 * A tree over edges of one layer, moving what it has where none leads on.
 * @returns each node's parent, which is -1 for the root, and the nodes, each after its parent
 */
function tightTree(
  layers: Int32Array,
  edges: readonly RankedEdge[],
  { starts, list }: Incidence,
): { tree: Int32Array; order: Int32Array } {
  const size = layers.length;
  const tree = new Int32Array(size).fill(-1);
  const joined = new Uint8Array(size);
  const order = new Int32Array(size);
  /** @returns how many nodes the tree has then */
  const join = (at: number, node: number, parent: number): number => {
    joined[node] = 1;
    tree[node] = parent;
    order[at] = node;
    return at + 1;
  };
  let grown = join(0, 0, -1);
  for (let next = 0; grown < size;) {
    for (; next < grown; next += 1) {
      const node = order[next] ?? 0;
      const end = starts[node + 1] ?? 0;
      for (let index = starts[node] ?? 0; index < end; index += 1) {
        const edge = edges[list[index] ?? 0];
        if (!edge) continue;
        const other = edge.from === node ? edge.to : edge.from;
        if (!joined[other] && span(edge, layers) === 1) grown = join(grown, other, node);
      }
    }
    const leading = bordering(edges, layers, joined);
    if (!leading) break;
    const way = (joined[leading.from] ? 1 : -1) * (span(leading, layers) - 1);
    for (let index = 0; index < grown; index += 1) {
      const node = order[index] ?? 0;
      layers[node] = (layers[node] ?? 0) + way;
    }
    const { from, to } = leading;
    grown = joined[from] ? join(grown, to, from) : join(grown, from, to);
  }
  return { tree, order };
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

/**
 * Hangs the branch below `oldTop` under a parent of another branch, by a node of its own that is its top from now on,
 * and keeps what pulls each branch in line with that.
 */
function hang(tree: Int32Array, pull: Int32Array, oldTop: number, top: number, parent: number): void {
  const force = pull[oldTop] ?? 0;
  const carry = (from: number, weight: number): void => {
    for (let node = from; node >= 0; node = tree[node] ?? -1) pull[node] = (pull[node] ?? 0) + weight;
  };
  carry(tree[oldTop] ?? -1, -force);
  carry(parent, force);
  // From the new top to the old one, what was above each node is below it now.
  let above = parent;
  let below = 0;
  for (let node = top; ;) {
    const next = tree[node] ?? -1;
    const own = pull[node] ?? 0;
    pull[node] = force - below;
    tree[node] = above;
    if (node === oldTop) return;
    [above, node, below] = [node, next, own];
  }
}
