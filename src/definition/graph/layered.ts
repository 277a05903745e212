/**
 * Layered placement of one connected graph, after Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of
 * Hierarchical System Structures" (1981): layers, an order within each that crosses few edges, places that keep edges
 * straight. Figures are pixels; `along` runs within a layer, layers are numbered from the first step.
 */

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
}

/** Rounds of ordering, and of placing: each looks down the layers once and up once. */
const orderRounds = 8;
const placeRounds = 6;
/** Larger graphs are ordered in fewer rounds: what one gains is not seen from afar. */
const carefulUpTo = 1000;
/** How much more a line wants to be straight than a node wants to stand amid its neighbours. */
const lineWeight = 8;

/** @param layerOf the layer of each node; no two ends of an edge may be in one, but for edges that are left as they are */
export function layered(layerOf: readonly number[], edges: readonly LayeredEdge[], sizes: LayeredSizes): Layered {
  const graph = withLines(layerOf, edges);
  order(graph, layerOf.length);
  const along = placed(graph, layerOf.length, sizes);
  return {
    layer: [...layerOf],
    along: along.slice(0, layerOf.length),
    bends: edges.map((edge, index) => {
      const chain = (graph.chains[index] ?? []).map((node) => ({
        layer: graph.layerOf[node] ?? 0,
        along: along[node] ?? 0,
      }));
      return (layerOf[edge.from] ?? 0) > (layerOf[edge.to] ?? 0) ? chain.reverse() : chain;
    }),
  };
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
  const known = new Map<string, number[]>();
  const chains = edges.map(({ from, to }) => {
    const [upper, lower] = (layerOf[from] ?? 0) <= (layerOf[to] ?? 0) ? [from, to] : [to, from];
    const key = `${upper} ${lower}`;
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
      for (const next of (below[node] ?? []).toReversed()) if (!seen.has(next)) stack.push(next);
    }
  };
  for (const [node] of layerOf.entries()) if (above[node]?.length === 0) walk(node);
  for (const [node] of layerOf.entries()) walk(node);
  return layers;
}

/** Sorts each layer by the mean place of the neighbours in the last one, down and up, and keeps the best order found. */
function order(graph: LinedGraph, nodes: number): void {
  const at = new Float64Array(graph.layerOf.length);
  const number = (layer: readonly number[]): void => layer.forEach((node, index) => (at[node] = index));
  graph.layers.forEach(number);
  let best = graph.layers;
  let fewest = crossings(graph, at);
  const rounds = nodes > carefulUpTo ? 2 : orderRounds;
  for (let round = 0; round < rounds * 2 && fewest > 0; round += 1) {
    const down = round % 2 === 0;
    const neighbours = down ? graph.above : graph.below;
    const current = graph.layers.map((layer) => [...layer]);
    for (const layer of down ? current : current.toReversed()) {
      const wanted = new Map(layer.map((node) => [node, mean(neighbours[node] ?? [], at) ?? at[node] ?? 0]));
      // Every other pair of rounds turns what is equal around, which finds other orders.
      const bias = round % 4 < 2 ? 1 : -1;
      layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || bias * ((at[a] ?? 0) - (at[b] ?? 0)));
      number(layer);
    }
    graph.layers = current;
    const crossed = crossings(graph, at);
    if (crossed >= fewest) continue;
    fewest = crossed;
    best = current;
  }
  graph.layers = best;
}

function mean(nodes: readonly number[], at: Float64Array): number | undefined {
  if (nodes.length === 0) return undefined;
  let sum = 0;
  for (const node of nodes) sum += at[node] ?? 0;
  return sum / nodes.length;
}

/**
 * How many pairs of edges cross, in n log n, after Barth, Jünger and Mutzel, "Simple and Efficient Bilayer Cross
 * Counting" (2002).
 */
function crossings({ layers, below }: LinedGraph, at: Float64Array): number {
  let crossed = 0;
  for (const [index, layer] of layers.entries()) {
    const size = layers[index + 1]?.length ?? 0;
    if (size === 0) continue;
    const tree = new Int32Array(size + 1);
    let before = 0;
    for (const node of layer) {
      const ends = (below[node] ?? []).map((next) => at[next] ?? 0).sort((a, b) => a - b);
      for (const end of ends) {
        let right = before;
        for (let i = end + 1; i > 0; i -= i & -i) right -= tree[i] ?? 0;
        crossed += right;
      }
      for (const end of ends) {
        for (let i = end + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
        before += 1;
      }
    }
  }
  return crossed;
}

/** Places each layer's members as near to the middle of their neighbours as their order and the gaps allow. */
function placed(graph: LinedGraph, nodes: number, sizes: LayeredSizes): number[] {
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
    for (const [i, node] of layer.entries()) along[node] = (offsets[index]?.[i] ?? 0) - half;
  }
  const settle = (index: number, neighbours: readonly number[][][]): void => {
    const layer = layers[index] ?? [];
    const offset = offsets[index] ?? [];
    const wanted = layer.map((node) => {
      let sum = 0;
      let weights = 0;
      for (const side of neighbours) {
        for (const next of side[node] ?? []) {
          const weight = isLine(node) && isLine(next) ? lineWeight : 1;
          sum += weight * (along[next] ?? 0);
          weights += weight;
        }
      }
      // Where nothing pulls, a node yields to the others.
      return weights === 0 ? { at: along[node] ?? 0, weight: 0.001 } : { at: sum / weights, weight: weights };
    });
    const places = nearest(wanted, offset);
    for (const [i, node] of layer.entries()) along[node] = places[i] ?? 0;
  };
  for (let round = 0; round < placeRounds; round += 1) {
    for (let index = 1; index < layers.length; index += 1) settle(index, [above]);
    for (let index = layers.length - 2; index >= 0; index -= 1) settle(index, [below]);
  }
  for (let index = 0; index < layers.length; index += 1) settle(index, [above, below]);
  return [...along];
}

/**
 * The places nearest to the wanted ones, by squares, that keep at least the gaps between them: isotonic regression by
 * pooling adjacent violators.
 * @param offset each member's place where all stand as close as they may
 */
function nearest(wanted: readonly { at: number; weight: number }[], offset: readonly number[]): number[] {
  const pools: { at: number; weight: number; size: number }[] = [];
  for (const [index, { at, weight }] of wanted.entries()) {
    let pool = { at: at - (offset[index] ?? 0), weight, size: 1 };
    for (let last = pools.at(-1); last && last.at > pool.at; last = pools.at(-1)) {
      pools.pop();
      const sum = last.weight + pool.weight;
      pool = {
        at: (last.at * last.weight + pool.at * pool.weight) / sum,
        weight: sum,
        size: last.size + pool.size,
      };
    }
    pools.push(pool);
  }
  const places: number[] = [];
  for (const { at, size } of pools) for (let i = 0; i < size; i += 1) places.push(at + (offset[places.length] ?? 0));
  return places;
}
