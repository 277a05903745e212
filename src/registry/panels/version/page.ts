/** What the page of a version says, from what was read. Pure. */
import type { DescribeModelPackageOutput, UserContext } from '@aws-sdk/client-sagemaker';
import type { Graph, GraphEdge, GraphNode } from '../../../definition/graph/model';
import type { Row, Section } from '../../../shared/facts';
import { formatNames, shortId } from '../../../shared/format';
import { approvalFaces } from '../../../shared/status';
import { cardSections, indented, newCard } from '../../card';
import { differences } from '../../compare';
import type { ListedVersion } from '../../model';
import type { KnownLineage } from '../../service';
import type { VersionEvent, VersionGate, VersionMetric, VersionPage } from './contract';

/** The run that made a version, as far as it is known. */
export interface MakingRun {
  arn: string;
  name: string;
  pipeline: string;
  commit?: string;
  branch?: string;
  dirty?: boolean;
  /** SHA-256 of the definition. */
  digest?: string;
  /** The data and files that it read: a name, where they lie, and what tells their content. */
  inputs: readonly { name: string; uri: string; tag?: string }[];
  /** What it was started with. */
  parameters?: Readonly<Record<string, string>>;
}

/** The version beside which this one is shown. */
export interface VersionBeside {
  arn: string;
  described: DescribeModelPackageOutput;
  metrics: readonly (readonly [name: string, value: number])[];
  run?: MakingRun;
}

/** All that is known of a version. */
export interface VersionFacts {
  arn: string;
  connection: string;
  described: DescribeModelPackageOutput;
  metrics: readonly (readonly [name: string, value: number])[];
  noMetrics?: string;
  confusion?: VersionPage['confusion'];
  /** The versions of its group, the newest first. */
  versions: readonly ListedVersion[];
  beside?: VersionBeside;
  gates: readonly VersionGate[];
  /** The endpoints that serve it. */
  endpoints: readonly string[];
  /** What SageMaker's own lineage has around it, or why that could not be read. */
  lineage?: KnownLineage;
  lineageProblem?: string;
  /** Why some of the rest is not told, in sentences. */
  problems: readonly string[];
  run?: MakingRun;
  releases: readonly string[];
}

/** The page of a version. */
export function pageOf(facts: VersionFacts): VersionPage {
  const { arn, described, beside, run } = facts;
  const group = described.ModelPackageGroupName ?? '';
  const ungrouped = described.ModelPackageName ?? arn;
  const version = described.ModelPackageVersion ?? 0;
  const { graph, links } = lineageOf(facts, group === '' ? ungrouped : `${group} ${version}`);
  const { ModelCardContent: card, ModelCardStatus: status } = described.ModelCard ?? {};
  return {
    group: group === '' ? ungrouped : group,
    version,
    connection: facts.connection,
    approval: described.ModelApprovalStatus ?? 'PendingManualApproval',
    metrics: metricsBeside(facts),
    gates: [...facts.gates],
    others: facts.versions
      .filter((each) => each.arn !== arn)
      .map((each) => ({ arn: each.arn, label: labelOf(each.version, each.approval) })),
    made: madeOf(facts),
    lineage: graph,
    links,
    events: eventsOf(facts),
    problems: [...facts.problems],
    cardDraft: newCard(described.ModelPackageDescription),
    comparable: run !== undefined && beside?.run !== undefined && beside.run.arn !== run.arn,
    ...(described.ModelPackageDescription ? { description: described.ModelPackageDescription } : {}),
    ...(facts.noMetrics === undefined ? {} : { noMetrics: facts.noMetrics }),
    ...(beside ? { other: otherOf(facts, beside) } : {}),
    ...(facts.confusion ? { confusion: facts.confusion } : {}),
    ...(facts.lineageProblem === undefined ? {} : { lineageProblem: facts.lineageProblem }),
    ...(card ? { card: { content: indented(card), status: status ?? '', parts: cardSections(card) } } : {}),
  };
}

function otherOf(facts: VersionFacts, beside: VersionBeside): VersionPage['other'] {
  const { ModelPackageVersion: version = 0, ModelApprovalStatus: approval } = beside.described;
  return {
    arn: beside.arn,
    label: labelOf(version, approval ?? 'PendingManualApproval'),
    differences: differences(facts, beside),
  };
}

function labelOf(version: number, approval: keyof typeof approvalFaces): string {
  return `Version ${version}, ${approvalFaces[approval].word.toLowerCase()}`;
}

function metricsBeside({ metrics, beside }: VersionFacts): VersionMetric[] {
  const others = new Map(beside?.metrics);
  return metrics.map(([name, value]) => {
    const other = others.get(name);
    return { name, value, ...(other === undefined ? {} : { other }) };
  });
}

function madeOf({ described, run }: VersionFacts): Section[] {
  const containers = described.InferenceSpecification?.Containers ?? [];
  const { GeneratedBy, CommitId, Repository } = described.MetadataProperties ?? {};
  const commit = run?.commit ?? CommitId;
  const origin: Row[] = [
    ...(run ? [{ label: 'Run', value: `${run.pipeline} · ${run.name}`, link: run.arn }] : row('Made by', GeneratedBy)),
    ...row('Commit', commit && `${commit}${run?.dirty ? ', with uncommitted changes' : ''}`, 'code'),
    ...row('Branch', run?.branch),
    ...row('Definition', run?.digest && `sha256:${run.digest}`, 'code'),
    ...row('Repository', Repository),
    ...(run?.inputs ?? []).map(({ name, uri, tag }) => ({
      label: name,
      value: tag === undefined ? uri : `${uri} · ${shortId(tag)}`,
      link: uri,
    })),
  ];
  const parts = containers.flatMap(({ Image, ImageDigest, ModelDataUrl, ModelDataETag, Environment }, index): Row[] => {
    const nth = containers.length > 1 ? ` ${index + 1}` : '';
    const variables = Object.keys(Environment ?? {});
    return [
      ...row(`Image${nth}`, Image, 'code'),
      ...row(`Digest of image${nth}`, ImageDigest, 'code'),
      ...(ModelDataUrl ? [{ label: `Artifact${nth}`, value: ModelDataUrl, link: ModelDataUrl }] : []),
      ...row(`ETag of artifact${nth}`, ModelDataETag, 'code'),
      ...(variables.length > 0 ? [{ label: `Environment${nth}`, value: formatNames(variables, 6) }] : []),
    ];
  });
  const stage = described.ModelLifeCycle;
  const about: Row[] = [
    ...row('Stage', stage && `${stage.Stage ?? ''} · ${stage.StageStatus ?? ''}`),
    ...row('ARN', described.ModelPackageArn, 'code'),
  ];
  return [
    { title: 'Made by', rows: origin },
    { title: 'Consists of', rows: parts },
    { title: 'Version', rows: about },
  ].filter(({ rows }) => rows.length > 0);
}

function row(label: string, value: string | undefined, kind?: Row['kind']): Row[] {
  return value ? [{ label, value, ...(kind ? { kind } : {}) }] : [];
}

/**
 * What came from what, as the run and the registry tell it. S3 has no memory: data is named by its place and what lay
 * there when the run was started, not by who wrote it.
 */
function lineageOf(
  { arn, run, endpoints, lineage }: VersionFacts,
  title: string,
): { graph: Graph; links: Record<string, string> } {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const links: Record<string, string> = {};
  const add = (id: string, label: string, type: string, link: string | undefined): void => {
    nodes.push({ id, label, type, start: 0, end: 0 });
    if (link !== undefined) links[id] = link;
  };
  if (run) {
    for (const { name, uri } of run.inputs) {
      add(`data ${name}`, name, 'Data', uri);
      edges.push({ from: `data ${name}`, to: 'run', kind: 'reference' });
    }
    if (run.commit !== undefined) {
      add('commit', shortId(run.commit), 'Commit', undefined);
      edges.push({ from: 'commit', to: 'run', kind: 'reference' });
    }
    add('run', run.name, 'Run', run.arn);
    edges.push({ from: 'run', to: 'model', kind: 'reference' });
  }
  add('model', title, 'Model version', arn);
  for (const endpoint of endpoints) {
    add(`endpoint ${endpoint}`, endpoint, 'Endpoint', `endpoint/${endpoint}`);
    edges.push({ from: 'model', to: `endpoint ${endpoint}`, kind: 'reference' });
  }
  for (const { arn: entity, type } of lineage?.vertices ?? []) {
    if (!lineage?.own.includes(entity)) add(entity, entity.split('/').at(-1) ?? entity, type, undefined);
  }
  const known = new Set(nodes.map(({ id }) => id));
  const idOf = (entity: string): string => (lineage?.own.includes(entity) ? 'model' : entity);
  for (const edge of lineage?.edges ?? []) {
    const [from, to] = [idOf(edge.from), idOf(edge.to)];
    if (from !== to && known.has(from) && known.has(to)) edges.push({ from, to, kind: 'reference' });
  }
  return { graph: { nodes, edges }, links };
}

function eventsOf({ described, releases }: VersionFacts): VersionEvent[] {
  const { CreationTime, CreatedBy, LastModifiedTime, LastModifiedBy, ModelApprovalStatus } = described;
  const created = by('Registered', CreatedBy);
  const decided = ModelApprovalStatus !== undefined && ModelApprovalStatus !== 'PendingManualApproval';
  return [
    { text: created, ...(CreationTime ? { at: CreationTime.getTime() } : {}) },
    ...(decided
      ? [
          {
            text: by(ModelApprovalStatus, LastModifiedBy),
            ...(LastModifiedTime ? { at: LastModifiedTime.getTime() } : {}),
            ...(described.ApprovalDescription ? { comment: described.ApprovalDescription } : {}),
          },
        ]
      : []),
    ...releases.map((name) => ({ text: `Released as ${name}` })),
  ];
}

function by(what: string, who: UserContext | undefined): string {
  const name = who?.UserProfileName ?? who?.IamIdentity?.Arn;
  return name === undefined ? what : `${what} by ${name}`;
}
