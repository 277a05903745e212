/**
 * Layered placement of one connected graph, after Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of
 * Hierarchical System Structures" (1981): layers, an order within each that crosses few edges, places that keep edges
 * straight. Figures are pixels; `along` runs within a layer, layers are numbered from the first step.
 */
import { insert, order, type Ordered } from './order';

/** An edge between nodes by their index. Neither may be the same as the other. */
export interface LayeredEdge {
  from: number;
  to: number;
}

export interface LayeredSizes {
  /** A node's size along its layer. */
  width: number;
  /** Between two nodes, and between two lines. */
  nodeGap: number;
  lineGap: number;
}

export interface Layered {
  /** By node: its layer, and its middle along it. */
  layer: number[];
  along: number[];
  /** By edge: where its line passes the layers between its ends, in the direction of the edge. */
  bends: { layer: number; along: number }[][];
  /** How many pairs of lines cross. */
  crossings: number;
}

/** Where nodes and lines stood along their layers before; what is new has no place. */
export interface Before {
  nodes: readonly (number | undefined)[];
  /** By edge: where its line passed the layers between its ends, from the upper one to the lower. */
  lines: readonly (readonly number[] | undefined)[];
}

/** Rounds of placing: each looks down the layers once and up once. */
const placeRounds = 6;
/** How much more a line wants to be straight than a node wants to stand amid its neighbours. */
const lineWeight = 8;
/** How much more a node wants to stay where it was than others want to stand amid their neighbours. */
const stayWeight = 1000;

/**
 * @param layerOf the layer of each node; no two ends of an edge may be in one, but for edges that are left as they are
 * @param before where to leave what stood there: nothing changes its side, and only what is new is moved far
 */
export function layered(
  layerOf: readonly number[],
  edges: readonly LayeredEdge[],
  sizes: LayeredSizes,
  before?: Before,
): Layered {
  const graph = withLines(layerOf, edges);
  const stays = before && placesBefore(graph, before);
  const { layers, crossings } = stays ? orderAgain(graph, stays) : order(graph);
  graph.layers = layers;
  const along = placed(graph, layerOf.length, sizes, stays);
  return {
    layer: [...layerOf],
    along: along.slice(0, layerOf.length),
    crossings,
    bends: edges.map((edge, index) => {
      const chain = (graph.chains[index] ?? []).map((node) => ({
        layer: graph.layerOf[node] ?? 0,
        along: along[node] ?? 0,
      }));
      return (layerOf[edge.from] ?? 0) > (layerOf[edge.to] ?? 0) ? chain.reverse() : chain;
    }),
  };
}

/** Where each node, and each place at which a line passes a layer, stood before. */
function placesBefore(graph: LinedGraph, before: Before): (number | undefined)[] {
  const places: (number | undefined)[] = graph.layerOf.map((_, node) => before.nodes[node]);
  for (const [index, chain] of graph.chains.entries()) {
    const line = before.lines[index] ?? [];
    for (const [at, place] of chain.entries()) places[place] ??= line[Math.floor((at * line.length) / chain.length)];
  }
  return places;
}

/** The order in which everything stood; what is new goes where it crosses the fewest lines. */
function orderAgain(graph: LinedGraph, stays: readonly (number | undefined)[]): Ordered {
  const fresh = new Set([...stays.keys()].filter((node) => stays[node] === undefined));
  const near = (node: number): number => {
    const known = [...(graph.above[node] ?? []), ...(graph.below[node] ?? [])].flatMap((other) => stays[other] ?? []);
    return known.length === 0 ? 0 : known.reduce((sum, each) => sum + each, 0) / known.length;
  };
  const wanted = stays.map((place, node) => place ?? near(node));
  const layers = graph.layers.map((layer) => layer.toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0)));
  return insert({ ...graph, layers }, fresh);
}

/** The nodes, and the places at which long lines pass a layer, which are ordered and placed as nodes are. */
interface LinedGraph {
  layerOf: number[];
  layers: number[][];
  above: number[][];
  below: number[][];
  /** The passing places of each edge, from the upper layer to the lower. */
  chains: number[][];
}

function withLines(nodes: readonly number[], edges: readonly LayeredEdge[]): LinedGraph {
  const layerOf = [...nodes];
  const above: number[][] = nodes.map(() => []);
  const below: number[][] = nodes.map(() => []);
  const join = (upper: number, lower: number): void => {
    below[upper]?.push(lower);
    above[lower]?.push(upper);
  };
  /** Edges between the same two nodes share a line. */
  const known = new Map<number, number[]>();
  const chains = edges.map(({ from, to }) => {
    const isDown = (layerOf[from] ?? 0) <= (layerOf[to] ?? 0);
    const upper = isDown ? from : to;
    const lower = isDown ? to : from;
    const key = upper * nodes.length + lower;
    const before = known.get(key);
    if (before) return before;
    const chain: number[] = [];
    known.set(key, chain);
    if (layerOf[upper] === layerOf[lower]) return chain;
    let last = upper;
    for (let layer = (layerOf[upper] ?? 0) + 1; layer < (layerOf[lower] ?? 0); layer += 1) {
      const place = layerOf.push(layer) - 1;
      above.push([]);
      below.push([]);
      join(last, place);
      chain.push(place);
      last = place;
    }
    join(last, lower);
    return chain;
  });
  return { layerOf, layers: startingOrder(layerOf, above, below), above, below, chains };
}

/** Nodes in the order in which a walk down from the first reaches them: a tree is without a crossing from the start. */
function startingOrder(layerOf: readonly number[], above: number[][], below: number[][]): number[][] {
  const layers: number[][] = Array.from({ length: Math.max(0, ...layerOf) + 1 }, () => []);
  const seen = new Set<number>();
  const walk = (start: number): void => {
    const stack = [start];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      layers[layerOf[node] ?? 0]?.push(node);
      const next = below[node] ?? [];
      for (let index = next.length - 1; index >= 0; index -= 1) stack.push(next[index] ?? 0);
    }
  };
  for (const [node] of layerOf.entries()) if (above[node]?.length === 0) walk(node);
  for (const [node] of layerOf.entries()) walk(node);
  return layers;
}

/** Places each layer's members as near to the middle of their neighbours as their order and the gaps allow. */
function placed(
  graph: LinedGraph,
  nodes: number,
  sizes: LayeredSizes,
  stays?: readonly (number | undefined)[],
): number[] {
  const { layers, above, below, layerOf } = graph;
  const along = new Float64Array(layerOf.length);
  const isLine = (node: number): boolean => node >= nodes;
  const gap = (a: number, b: number): number => {
    const half = (isLine(a) ? 0 : sizes.width / 2) + (isLine(b) ? 0 : sizes.width / 2);
    return half + (isLine(a) && isLine(b) ? sizes.lineGap : sizes.nodeGap);
  };
  const offsets = layers.map((layer) => {
    let sum = 0;
    return layer.map((node, index) => (sum += index === 0 ? 0 : gap(layer[index - 1] ?? node, node)));
  });
  for (const [index, layer] of layers.entries()) {
    const half = (offsets[index]?.at(-1) ?? 0) / 2;
    for (const [i, node] of layer.entries()) along[node] = stays?.[node] ?? (offsets[index]?.[i] ?? 0) - half;
  }
  const pools = new Pools(Math.max(0, ...layers.map((layer) => layer.length)));
  let sum = 0;
  let weights = 0;
  /** Adds what draws a node to its neighbours on one side. */
  const pull = (node: number, side: readonly number[][]): void => {
    const near = side[node] ?? [];
    for (let index = 0; index < near.length; index += 1) {
      const next = near[index] ?? 0;
      const weight = isLine(node) && isLine(next) ? lineWeight : 1;
      sum += weight * (along[next] ?? 0);
      weights += weight;
    }
  };
  const settle = (index: number, sees: { above: boolean; below: boolean }): void => {
    const layer = layers[index] ?? [];
    const offset = offsets[index] ?? [];
    pools.begin();
    for (let i = 0; i < layer.length; i += 1) {
      const node = layer[i] ?? 0;
      const place = isLine(node) ? undefined : stays?.[node];
      const stands = offset[i] ?? 0;
      if (place !== undefined) {
        pools.add(place - stands, stayWeight);
        continue;
      }
      sum = 0;
      weights = 0;
      if (sees.above) pull(node, above);
      if (sees.below) pull(node, below);
      // Where nothing pulls, a node yields to the others.
      if (weights === 0) pools.add((along[node] ?? 0) - stands, 0.001);
      else pools.add(sum / weights - stands, weights);
    }
    pools.spread((i, place) => (along[layer[i] ?? 0] = place + (offset[i] ?? 0)));
  };
  for (let round = 0; round < placeRounds; round += 1) {
    for (let index = 1; index < layers.length; index += 1) settle(index, { above: true, below: false });
    for (let index = layers.length - 2; index >= 0; index -= 1) settle(index, { above: false, below: true });
  }
  for (let index = 0; index < layers.length; index += 1) settle(index, { above: true, below: true });
  return [...along];
}

/**
 * Finds the places nearest to the wanted ones, by squares, of which none is before an earlier one: isotonic regression by
 * pooling adjacent violators. Its arrays are made once, for rows of any length up to the longest.
 */
class Pools {
  private readonly at: Float64Array;
  private readonly weight: Float64Array;
  private readonly size: Int32Array;
  private count = 0;

  constructor(longest: number) {
    this.at = new Float64Array(longest);
    this.weight = new Float64Array(longest);
    this.size = new Int32Array(longest);
  }

  begin(): void {
    this.count = 0;
  }

  /** Adds the next wanted place. */
  add(wanted: number, wantedWeight: number): void {
    let at = wanted;
    let weight = wantedWeight;
    let size = 1;
    for (; this.count > 0 && (this.at[this.count - 1] ?? 0) > at; this.count -= 1) {
      const last = this.count - 1;
      const lastWeight = this.weight[last] ?? 0;
      at = ((this.at[last] ?? 0) * lastWeight + at * weight) / (lastWeight + weight);
      weight += lastWeight;
      size += this.size[last] ?? 0;
    }
    this.at[this.count] = at;
    this.weight[this.count] = weight;
    this.size[this.count] = size;
    this.count += 1;
  }

  /** Tells each place, in the order in which they were added. */
  spread(tell: (index: number, place: number) => void): void {
    let index = 0;
    for (let pool = 0; pool < this.count; pool += 1) {
      const at = this.at[pool] ?? 0;
      for (const end = index + (this.size[pool] ?? 0); index < end; index += 1) tell(index, at);
    }
  }
}
