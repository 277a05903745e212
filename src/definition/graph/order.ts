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
  const best = graph.layers.map((layer) => [...layer]);
  const fewest = search.crossings();
  const end = rounds(graph.above.length);
  let idle = 0;
  for (let round = 0; round < end && fewest.some((count) => count > 0); round += 1) {
    search.sweep(round % 2 === 0, round % 4 < 2);
    search.sift();
    idle = takeBetter(best, fewest, search.layers, search.crossings()) ? 0 : idle + 1;
    if (idle < patience) continue;
    search.begin(best.map((layer) => (random(100) < turned ? layer.toReversed() : [...layer])));
  }
  return { layers: best, crossings: sum(fewest) };
}

/** The order as given, but that the nodes of `fresh` go where their lines cross the fewest others. */
export function insert(graph: LayeredNodes, fresh: ReadonlySet<number>): Ordered {
  const search = new Search(graph);
  search.sift((node) => fresh.has(node));
  return { layers: search.layers, crossings: sum(search.crossings()) };
}

/**
 * Takes over what is better in another order. Between two layers that are the same in both orders, each stands for
 * itself, so a long graph gets better piece by piece.
 */
function takeBetter(
  best: number[][],
  fewest: number[],
  other: readonly number[][],
  crossed: readonly number[],
): boolean {
  let [isBetter, start, gain] = [false, 0, 0];
  for (let layer = 1; layer < best.length; layer += 1) {
    gain += (fewest[layer - 1] ?? 0) - (crossed[layer - 1] ?? 0);
    const isLast = layer === best.length - 1;
    if (!isLast && best[layer]?.some((node, index) => node !== other[layer]?.[index])) continue;
    if (gain > 0) {
      isBetter = true;
      for (let index = start; index <= layer; index += 1) best[index] = [...(other[index] ?? [])];
      for (let index = start; index < layer; index += 1) fewest[index] = crossed[index] ?? 0;
    }
    [start, gain] = [layer, 0];
  }
  return isBetter;
}

/** An order that is worked on. */
class Search {
  layers: number[][] = [];
  private readonly above: LayeredNodes['above'];
  private readonly below: LayeredNodes['below'];
  /** Each node's place in its layer. */
  private readonly at: Int32Array;
  private readonly wanted: Float64Array;

  constructor({ layers, above, below }: LayeredNodes) {
    this.above = above;
    this.below = below;
    this.at = new Int32Array(above.length);
    this.wanted = new Float64Array(above.length);
    this.begin(layers.map((layer) => [...layer]));
  }

  begin(layers: number[][]): void {
    this.layers = layers;
    for (const layer of layers) this.number(layer);
  }

  private number(layer: readonly number[]): void {
    for (let index = 0; index < layer.length; index += 1) this.at[layer[index] ?? 0] = index;
  }

  /**
   * Sorts each layer by the middle of the neighbours in the one before, from the first layer to the last, or back.
   * @param byMean by their mean, else by their median: each finds orders that the other does not
   */
  sweep(down: boolean, byMean: boolean): void {
    const { at, wanted } = this;
    const neighbours = down ? this.above : this.below;
    this.layers = this.layers.map((layer) => [...layer]);
    for (const layer of down ? this.layers : this.layers.toReversed()) {
      for (const node of layer) {
        const near = neighbours[node] ?? [];
        wanted[node] = near.length === 0 ? (at[node] ?? 0) : byMean ? mean(near, at) : median(near, at);
      }
      // Turning around what is equal finds other orders.
      const bias = byMean ? 1 : -1;
      layer.sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || bias * ((at[a] ?? 0) - (at[b] ?? 0)));
      this.number(layer);
    }
  }

  /** Moves each node to the place in its layer at which its lines cross the fewest others, until none moves. */
  sift(which?: (node: number) => boolean): void {
    // What has not changed since, nor beside it, need not be looked through again.
    let stirred = new Set(this.layers.keys());
    for (let round = 0; stirred.size > 0 && round < siftRounds; round += 1) {
      const next = new Set<number>();
      for (const [number, layer] of this.layers.entries()) {
        if (!stirred.has(number)) continue;
        let hasMoved = false;
        for (let index = 0; index < layer.length; index += 1) {
          if (which && !which(layer[index] ?? 0)) continue;
          if (this.siftOne(layer, index)) hasMoved = true;
        }
        if (hasMoved)
          next
            .add(number - 1)
            .add(number)
            .add(number + 1);
      }
      stirred = next;
    }
  }

  private siftOne(layer: number[], from: number): boolean {
    const node = layer[from] ?? 0;
    let [to, most] = [from, 0];
    for (let index = from + 1, gain = 0; index < layer.length; index += 1) {
      gain += this.gain(node, layer[index] ?? 0);
      if (gain > most) [most, to] = [gain, index];
    }
    for (let index = from - 1, gain = 0; index >= 0; index -= 1) {
      gain += this.gain(layer[index] ?? 0, node);
      if (gain > most) [most, to] = [gain, index];
    }
    if (to === from) return false;
    layer.splice(from, 1);
    layer.splice(to, 0, node);
    this.number(layer);
    return true;
  }

  /** How many fewer lines cross where `b` stands before `a` instead of after. */
  private gain(a: number, b: number): number {
    return (
      gainOf(this.above[a] ?? [], this.above[b] ?? [], this.at) +
      gainOf(this.below[a] ?? [], this.below[b] ?? [], this.at)
    );
  }

  /**
   * How many pairs of lines cross below each layer, in n log n, after Barth, Jünger and Mutzel, "Simple and Efficient
   * Bilayer Cross Counting" (2002).
   */
  crossings(): number[] {
    const { at } = this;
    return this.layers.map((layer, index) => {
      const size = this.layers[index + 1]?.length ?? 0;
      const tree = new Int32Array(size + 1);
      let [crossed, before] = [0, 0];
      for (const node of layer) {
        const ends = this.below[node] ?? [];
        for (const end of ends) {
          let right = before;
          for (let i = (at[end] ?? 0) + 1; i > 0; i -= i & -i) right -= tree[i] ?? 0;
          crossed += right;
        }
        for (const end of ends) for (let i = (at[end] ?? 0) + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
        before += ends.length;
      }
      return crossed;
    });
  }
}

function gainOf(one: readonly number[], other: readonly number[], at: Int32Array): number {
  let gain = 0;
  for (let i = 0; i < one.length; i += 1) {
    const place = at[one[i] ?? 0] ?? 0;
    for (let j = 0; j < other.length; j += 1) {
      const beside = at[other[j] ?? 0] ?? 0;
      if (place > beside) gain += 1;
      else if (place < beside) gain -= 1;
    }
  }
  return gain;
}

function mean(nodes: readonly number[], at: Int32Array): number {
  let total = 0;
  for (const node of nodes) total += at[node] ?? 0;
  return total / nodes.length;
}

/** The middle one; of two in the middle, nearer to that on whose side the others stand closer. */
function median(nodes: readonly number[], at: Int32Array): number {
  if (nodes.length < 3) return mean(nodes, at);
  const places = nodes.map((node) => at[node] ?? 0).sort((a, b) => a - b);
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
