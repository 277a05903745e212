/**
 * The order of the nodes within their layers, so that few lines cross: sweeps and swaps after Gansner, Koutsofios, North
 * and Vo, "A Technique for Drawing Directed Graphs" (1993), section 3, sifting after Matuszewski, Schönfeld and Molitor,
 * "Using Sifting for k-Layer Straightline Crossing Minimization" (1999).
 */

/** Nodes by their index in layers. Lines join nodes of neighbouring layers only. */
export interface LayeredNodes {
  /** The nodes of each layer in their order. */
  layers: readonly (readonly number[])[];
  /** By node: those of the layer before, and of the layer after, that a line joins it with. */
  above: readonly (readonly number[])[];
  below: readonly (readonly number[])[];
}

export interface Ordered {
  layers: number[][];
  /** How many pairs of lines cross. */
  crossings: number;
}

/** Rounds of the search: small graphs, where each crossing is seen, get more. */
const rounds = (nodes: number): number => Math.max(24, Math.min(200, Math.round(6000 / nodes)));
/** Rounds without a gain, after which a search goes on from a changed order. */
const patience = 2;
/** How many of a hundred layers are turned around then. */
const turned = 30;
const siftRounds = 20;

/** The best order that was found from the given one on. The same graph always gets the same. */
export function order(graph: LayeredNodes): Ordered {
  const search = new Search(graph);
  const random = randomNumbers();
  const best = search.nodes.slice();
  const fewest = search.crossings().slice();
  const end = rounds(graph.above.length);
  let idle = 0;
  for (let round = 0; round < end && fewest.some((count) => count > 0); round += 1) {
    search.sweep(round % 2 === 0, round % 4 < 2);
    search.sift();
    idle = takeBetter(search.starts, best, fewest, search.nodes, search.crossings()) ? 0 : idle + 1;
    if (idle < patience) continue;
    search.begin(best, () => random(100) < turned);
  }
  search.begin(best);
  return { layers: search.layers(), crossings: sum(fewest) };
}

/** The order as given, but that the nodes of `fresh` go where their lines cross the fewest others. */
export function insert(graph: LayeredNodes, fresh: ReadonlySet<number>): Ordered {
  const search = new Search(graph);
  search.sift((node) => fresh.has(node));
  return { layers: search.layers(), crossings: sum(search.crossings()) };
}

/**
 * Takes over what is better in another order. Between two layers that are the same in both orders, each stands for
 * itself, so a long graph gets better piece by piece.
 * @param starts where each layer begins in the orders, and at last where they end
 */
function takeBetter(
  starts: Int32Array,
  best: Int32Array,
  fewest: Int32Array,
  other: Int32Array,
  crossed: Int32Array,
): boolean {
  let isBetter = false;
  let first = 0;
  let gain = 0;
  const last = starts.length - 2;
  for (let layer = 1; layer <= last; layer += 1) {
    gain += (fewest[layer - 1] ?? 0) - (crossed[layer - 1] ?? 0);
    const end = starts[layer + 1] ?? 0;
    let same = starts[layer] ?? 0;
    while (same < end && best[same] === other[same]) same += 1;
    if (layer < last && same < end) continue;
    if (gain > 0) {
      isBetter = true;
      const from = starts[first] ?? 0;
      best.set(other.subarray(from, end), from);
      fewest.set(crossed.subarray(first, layer), first);
    }
    first = layer;
    gain = 0;
  }
  return isBetter;
}

/** For each node those that a line joins it with on one side: of node `n` from `starts[n]` on. */
interface Neighbours {
  starts: Int32Array;
  ends: Int32Array;
  /** Where those stand in their layer, as last looked at, and by node the first of their places and the last. */
  places: Int32Array;
  low: Int32Array;
  high: Int32Array;
}

function neighbours(lists: LayeredNodes['above']): Neighbours {
  const starts = new Int32Array(lists.length + 1);
  for (const [node, list] of lists.entries()) starts[node + 1] = (starts[node] ?? 0) + list.length;
  const ends = new Int32Array(starts[lists.length] ?? 0);
  for (const [node, list] of lists.entries()) ends.set(list, starts[node]);
  const [low, high] = [new Int32Array(lists.length), new Int32Array(lists.length)];
  return { starts, ends, places: new Int32Array(ends.length), low, high };
}

/**
 * An order that is worked on. All of it is numbers in few arrays, made once: it is searched right after a panel has
 * opened, when the engine has compiled nothing yet, and each object costs most.
 */
class Search {
  /** The nodes of all layers in their order, one layer after the other. */
  readonly nodes: Int32Array;
  /** Where each layer begins in `nodes`, and at last where they end. */
  readonly starts: Int32Array;
  private readonly above: Neighbours;
  private readonly below: Neighbours;
  /** Each node's place in its layer. */
  private readonly at: Int32Array;
  private readonly wanted: Float64Array;
  /** Counts the lines that end before a place in a layer. */
  private readonly tree: Int32Array;
  private readonly crossed: Int32Array;
  /** Of the layer that is sifted: where each node stood, and for each two by that how many lines a swap saves. */
  private readonly slot: Int32Array;
  private readonly gains: Int32Array;
  /** The layers to look through, in this round of sifting and in the next. */
  private readonly stirred: Uint8Array;
  private readonly next: Uint8Array;

  constructor({ layers, above, below }: LayeredNodes) {
    this.above = neighbours(above);
    this.below = neighbours(below);
    this.nodes = new Int32Array(above.length);
    this.starts = new Int32Array(layers.length + 1);
    this.at = new Int32Array(above.length);
    this.wanted = new Float64Array(above.length);
    const widest = Math.max(0, ...layers.map((layer) => layer.length));
    this.tree = new Int32Array(widest + 1);
    this.slot = new Int32Array(above.length);
    this.gains = new Int32Array(widest * widest);
    this.crossed = new Int32Array(layers.length);
    this.stirred = new Uint8Array(layers.length);
    this.next = new Uint8Array(layers.length);
    for (const [index, layer] of layers.entries()) {
      const start = this.starts[index] ?? 0;
      this.nodes.set(layer, start);
      this.starts[index + 1] = start + layer.length;
      this.number(start, start + layer.length);
    }
  }

  /** Goes on from another order, in which some layers are turned around. */
  begin(nodes: Int32Array, isTurned?: () => boolean): void {
    this.nodes.set(nodes);
    for (let layer = 0; layer < this.crossed.length; layer += 1) {
      const start = this.starts[layer] ?? 0;
      const end = this.starts[layer + 1] ?? 0;
      if (isTurned?.()) this.nodes.subarray(start, end).reverse();
      this.number(start, end);
    }
  }

  layers(): number[][] {
    return Array.from(this.crossed, (_, layer) => [
      ...this.nodes.subarray(this.starts[layer] ?? 0, this.starts[layer + 1] ?? 0),
    ]);
  }

  private number(start: number, end: number): void {
    const { nodes, at } = this;
    for (let index = start; index < end; index += 1) at[nodes[index] ?? 0] = index - start;
  }

  /**
   * Sorts each layer by the middle of the neighbours in the one before, from the first layer to the last, or back.
   * @param byMean by their mean, else by their median: each finds orders that the other does not
   */
  sweep(down: boolean, byMean: boolean): void {
    const count = this.crossed.length;
    const side = down ? this.above : this.below;
    for (let turn = 0; turn < count; turn += 1) this.sortLayer(down ? turn : count - 1 - turn, side, byMean);
  }

  private sortLayer(layer: number, { starts, ends }: Neighbours, byMean: boolean): void {
    const { at, wanted, nodes } = this;
    const start = this.starts[layer] ?? 0;
    const end = this.starts[layer + 1] ?? 0;
    for (let index = start; index < end; index += 1) {
      const node = nodes[index] ?? 0;
      const first = starts[node] ?? 0;
      const after = starts[node + 1] ?? 0;
      wanted[node] =
        first === after ? (at[node] ?? 0) : byMean ? mean(ends, first, after, at) : median(ends, first, after, at);
    }
    // Turning around what is equal finds other orders.
    if (!byMean) nodes.subarray(start, end).reverse();
    for (let index = start + 1; index < end; index += 1) {
      const node = nodes[index] ?? 0;
      const place = wanted[node] ?? 0;
      let to = index;
      for (; to > start && (wanted[nodes[to - 1] ?? 0] ?? 0) > place; to -= 1) nodes[to] = nodes[to - 1] ?? 0;
      nodes[to] = node;
    }
    this.number(start, end);
  }

  /** Moves each node to the place in its layer at which its lines cross the fewest others, until none moves. */
  sift(which?: (node: number) => boolean): void {
    const count = this.crossed.length;
    // What has not changed since, nor beside it, need not be looked through again.
    this.stirred.fill(1);
    for (let round = 0, hasMoved = true; hasMoved && round < siftRounds; round += 1) {
      hasMoved = false;
      this.next.fill(0);
      for (let layer = 0; layer < count; layer += 1) {
        if (this.stirred[layer] === 0 || !this.siftLayer(layer, which)) continue;
        hasMoved = true;
        for (let near = Math.max(0, layer - 1); near <= layer + 1 && near < count; near += 1) this.next[near] = 1;
      }
      this.stirred.set(this.next);
    }
  }

  private siftLayer(layer: number, which?: (node: number) => boolean): boolean {
    const { nodes } = this;
    const start = this.starts[layer] ?? 0;
    const end = this.starts[layer + 1] ?? 0;
    if (which && !nodes.subarray(start, end).some(which)) return false;
    if (!this.compare(start, end)) return false;
    let hasMoved = false;
    for (let index = start; index < end; index += 1) {
      if (which && !which(nodes[index] ?? 0)) continue;
      if (this.siftOne(start, end, index)) hasMoved = true;
    }
    return hasMoved;
  }

  /**
   * Finds for each two nodes of a layer how many fewer lines cross where the second stands before the first, which
   * depends on the layers beside it alone.
   * @returns whether there are two that had better be swapped: where there are none, no move gains anything
   */
  private compare(start: number, end: number): boolean {
    const { nodes, slot, gains, above, below } = this;
    const width = end - start;
    for (let index = start; index < end; index += 1) {
      const node = nodes[index] ?? 0;
      slot[node] = index - start;
      this.look(above, node);
      this.look(below, node);
    }
    if (!this.canGain(start, end)) return false;
    for (let one = 0; one < width; one += 1) {
      const a = nodes[start + one] ?? 0;
      for (let other = one + 1; other < width; other += 1) {
        const b = nodes[start + other] ?? 0;
        const gain = gainOf(above, a, b) + gainOf(below, a, b);
        gains[one * width + other] = gain;
        gains[other * width + one] = -gain;
      }
    }
    return true;
  }

  /** Mostly all lines of a node end beside or after those of the nodes before it, and no swap with one of them gains. */
  private canGain(start: number, end: number): boolean {
    const { nodes, above, below } = this;
    let highAbove = -1;
    let highBelow = -1;
    for (let index = start; index < end; index += 1) {
      const node = nodes[index] ?? 0;
      const lowAbove = above.low[node] ?? 0;
      const lowBelow = below.low[node] ?? 0;
      if (highAbove > lowAbove || highBelow > lowBelow) {
        for (let before = start; before < index; before += 1) {
          const other = nodes[before] ?? 0;
          if ((above.high[other] ?? 0) <= lowAbove && (below.high[other] ?? 0) <= lowBelow) continue;
          if (gainOf(above, other, node) + gainOf(below, other, node) > 0) return true;
        }
      }
      highAbove = Math.max(highAbove, above.high[node] ?? 0);
      highBelow = Math.max(highBelow, below.high[node] ?? 0);
    }
    return false;
  }

  /** Notes where those stand that lines join a node with. */
  private look({ starts, ends, places, low, high }: Neighbours, node: number): void {
    const { at } = this;
    const after = starts[node + 1] ?? 0;
    let least = at.length;
    let most = -1;
    for (let line = starts[node] ?? 0; line < after; line += 1) {
      const place = at[ends[line] ?? 0] ?? 0;
      places[line] = place;
      if (place < least) least = place;
      if (place > most) most = place;
    }
    low[node] = least;
    high[node] = most;
  }

  private siftOne(start: number, end: number, from: number): boolean {
    const { nodes, slot, gains } = this;
    const node = nodes[from] ?? 0;
    const row = (slot[node] ?? 0) * (end - start);
    let to = from;
    let most = 0;
    for (let index = from + 1, gain = 0; index < end; index += 1) {
      gain += gains[row + (slot[nodes[index] ?? 0] ?? 0)] ?? 0;
      if (gain <= most) continue;
      most = gain;
      to = index;
    }
    for (let index = from - 1, gain = 0; index >= start; index -= 1) {
      gain -= gains[row + (slot[nodes[index] ?? 0] ?? 0)] ?? 0;
      if (gain <= most) continue;
      most = gain;
      to = index;
    }
    if (to === from) return false;
    if (to > from) nodes.copyWithin(from, from + 1, to + 1);
    else nodes.copyWithin(to + 1, to, from);
    nodes[to] = node;
    this.number(start, end);
    return true;
  }

  /**
   * How many pairs of lines cross below each layer, in n log n, after Barth, Jünger and Mutzel, "Simple and Efficient
   * Bilayer Cross Counting" (2002). Counting anew writes into the same array.
   */
  crossings(): Int32Array {
    for (let layer = 0; layer < this.crossed.length; layer += 1) this.crossed[layer] = this.crossedBelow(layer);
    return this.crossed;
  }

  private crossedBelow(layer: number): number {
    const { at, tree, nodes, starts } = this;
    const size = (starts[layer + 2] ?? 0) - (starts[layer + 1] ?? 0);
    if (size <= 0) return 0;
    tree.fill(0, 0, size + 1);
    let crossed = 0;
    let before = 0;
    for (let index = starts[layer] ?? 0; index < (starts[layer + 1] ?? 0); index += 1) {
      const node = nodes[index] ?? 0;
      const first = this.below.starts[node] ?? 0;
      const after = this.below.starts[node + 1] ?? 0;
      for (let line = first; line < after; line += 1) {
        crossed += before;
        for (let i = (at[this.below.ends[line] ?? 0] ?? 0) + 1; i > 0; i -= i & -i) crossed -= tree[i] ?? 0;
      }
      for (let line = first; line < after; line += 1) {
        for (let i = (at[this.below.ends[line] ?? 0] ?? 0) + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
      }
      before += after - first;
    }
    return crossed;
  }
}

/** How many fewer lines cross on one side where `other` stands before `one` instead of after. */
function gainOf({ starts, places, low, high }: Neighbours, one: number, other: number): number {
  const from = starts[other] ?? 0;
  const to = starts[other + 1] ?? 0;
  const end = starts[one + 1] ?? 0;
  if ((high[one] ?? 0) < (low[other] ?? 0)) return ((starts[one] ?? 0) - end) * (to - from);
  let gain = 0;
  for (let i = starts[one] ?? 0; i < end; i += 1) {
    const place = places[i] ?? 0;
    for (let j = from; j < to; j += 1) {
      const beside = places[j] ?? 0;
      if (place > beside) gain += 1;
      else if (place < beside) gain -= 1;
    }
  }
  return gain;
}

function mean(nodes: Int32Array, from: number, to: number, at: Int32Array): number {
  let total = 0;
  for (let index = from; index < to; index += 1) total += at[nodes[index] ?? 0] ?? 0;
  return total / (to - from);
}

/** The middle one; of two in the middle, nearer to that on whose side the others stand closer. */
function median(nodes: Int32Array, from: number, to: number, at: Int32Array): number {
  if (to - from < 3) return mean(nodes, from, to, at);
  const places = nodes
    .slice(from, to)
    .map((node) => at[node] ?? 0)
    .sort();
  const half = places.length >> 1;
  const right = places[half] ?? 0;
  if (places.length % 2 === 1) return right;
  const left = places[half - 1] ?? 0;
  const spread = { left: left - (places[0] ?? 0), right: (places.at(-1) ?? 0) - right };
  const both = spread.left + spread.right;
  return both === 0 ? (left + right) / 2 : (left * spread.right + right * spread.left) / both;
}

/** Numbers below a bound that look random, the same each time: Park and Miller's generator. */
function randomNumbers(): (below: number) => number {
  let seed = 1;
  return (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
}

function sum(numbers: Int32Array): number {
  return numbers.reduce((total, each) => total + each, 0);
}
