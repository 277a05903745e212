/** What steps say about places: regions of images and ARNs, and what is written to and read from S3. */
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { Notes, type Pipeline, type Step, type Unit } from '../model';

const model = (image: string): string =>
  `{"Name": "Make", "Type": "Model", "Arguments": {"PrimaryContainer": {"Image": "${image}"}}}`;
const pinned = (region: string): string =>
  `111122223333.dkr.ecr.${region}.amazonaws.com/train@sha256:${'0a'.repeat(32)}`;

export const placeRules: readonly Rule[] = [
  {
    id: 'sm/region-mismatch',
    level: 'warning',
    title: 'An image or ARN of another region',
    explanation:
      'A pipeline runs in one region. An image of another region cannot be pulled, and most other resources cannot be used.',
    example: {
      frame: 'steps',
      bad: `${model(pinned('eu-west-1'))}, ${model(pinned('eu-west-1')).replace('Make', 'Make2')}, ${model(pinned('us-west-2')).replace('Make', 'Make3')}`,
      good: `${model(pinned('eu-west-1'))}, ${model(pinned('eu-west-1')).replace('Make', 'Make2')}`,
    },
  },
];

interface Found {
  /** Images and ARNs with their regions; `firm` ones can be wrong, others (names of buckets) only vote. */
  regions: { node: Node; region: string; firm: boolean }[];
  writes: { step: Step; uri: string }[];
  reads: { step: Step; uri: string; node: Node }[];
}

const cache = new Notes<Found>();
const region = /(?:\.dkr\.ecr\.|^arn:aws[\w-]*:[\w-]+:)([a-z]{2}(?:-[a-z]+)+-\d)\b/;
const bucketRegion = /^s3:\/\/[^/]*?\b([a-z]{2}-(?:gov-|iso-)?[a-z]+-\d)\b/;

function placesOf(unit: Unit): Found {
  const known = cache.of(unit);
  if (known) return known;
  const places: Found = { regions: [], writes: [], reads: [] };
  for (const step of unit.steps) for (const node of step.places) look(node, step, places);
  return cache.keep(unit, places);
}

function look(node: Node, step: Step, places: Found): void {
  const text = node.text ?? '';
  const found = regionOf(text);
  if (found) places.regions.push({ node, ...found });
  if (!text.startsWith('s3://')) return;
  const parent = node.parent?.key;
  if (node.key === 'S3OutputPath' || (node.key === 'S3Uri' && parent === 'S3Output')) {
    places.writes.push({ step, uri: text.replace(/\/+$/, '') });
  } else if (
    node.key === 'ModelDataUrl' ||
    (node.key === 'S3Uri' && (parent === 'S3Input' || parent === 'S3DataSource'))
  ) {
    places.reads.push({ step, uri: text, node });
  }
}

/**
 * Does a text name the account of Local? What a script makes there has Local's account, buckets and region in it, which
 * nobody wrote.
 */
export function isOnLocal(text: string): boolean {
  return /\b0{12}\b/.test(text);
}

function regionOf(text: string): { region: string; firm: boolean } | undefined {
  const firm = region.exec(text)?.[1];
  if (firm !== undefined) return { region: firm, firm: true };
  const voted = text.startsWith('s3://') ? bucketRegion.exec(text)?.[1] : undefined;
  return voted === undefined ? undefined : { region: voted, firm: false };
}

/** Images and ARNs that are not of the region that most of the definition names. */
export function checkRegions(pipeline: Pipeline, report: Report): void {
  const regions = pipeline.units.flatMap((unit) => placesOf(unit).regions);
  for (const { defaultNode } of pipeline.parameters) {
    const found = defaultNode?.text === undefined ? undefined : regionOf(defaultNode.text);
    if (found && defaultNode) regions.push({ node: defaultNode, ...found });
  }
  const votes = new Map<string, number>();
  for (const { region } of regions) votes.set(region, (votes.get(region) ?? 0) + 1);
  if (votes.size < 2 || regions.some(({ node }) => isOnLocal(node.text ?? ''))) return;
  const [home = ''] = [...votes].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  for (const { node, region, firm } of regions) {
    if (region === home || !firm) continue;
    report({
      rule: 'sm/region-mismatch',
      node,
      message: `This is in region ${region}, but most of the definition is in ${home}. A pipeline runs in one region.`,
    });
  }
}

/** Steps that read a place in S3 which another writes, where nothing makes them wait. */
export function checkOrder(pipeline: Pipeline, report: Report): void {
  const all = pipeline.units.map(placesOf);
  const writers = all.flatMap(({ writes }) => writes);
  if (writers.length === 0) return;
  for (const { reads } of all) {
    for (const { step, uri, node } of reads) {
      const writer = writers.find(
        (write) => write.step !== step && (uri === write.uri || uri.startsWith(`${write.uri}/`)),
      );
      if (!writer || waitsFor(step, writer.step, pipeline) || waitsFor(writer.step, step, pipeline)) continue;
      const name = writer.step.name ?? '';
      report({
        rule: 'sm/missing-order',
        node,
        message: `'${name}' writes this place, but nothing makes this step wait for it. Refer to the output of '${name}', or name it in DependsOn.`,
        ...(writer.step.nameNode
          ? { related: [{ node: writer.step.nameNode, message: 'The step that writes it.' }] }
          : {}),
        fixes: (edit) => {
          const list = step.node.get('DependsOn');
          return [
            edit.fix(`Add '${name}' to DependsOn`, [
              list ? edit.push(list, name) : edit.insert(step.node, 'DependsOn', [name]),
            ]),
          ];
        },
      });
    }
  }
}

function waitsFor(step: Step, other: Step, pipeline: Pipeline): boolean {
  const seen = new Set<Step>();
  const queue: Step[] = [step];
  for (let at = queue.pop(); at; at = queue.pop()) {
    if (at === other) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    if (at.condition) queue.push(at.condition);
    for (const name of at.upstream) queue.push(...(pipeline.stepsByName.get(name) ?? []));
  }
  return false;
}
