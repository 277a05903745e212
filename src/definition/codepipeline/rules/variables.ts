/** Namespaces and variables: `#{namespace.key}`. */
import { nearest, nearestName } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { table } from '../../table';
import { type Action, type Pipeline, runsBefore, type Stage } from '../model';
import { type Check, rule } from './tools';

/** Namespaces that belong to the service. */
const reserved = ['codepipeline', 'variables'];
/** What the service tells of the execution, and over a connection of the event that started it. */
const executionKeys = /^(PipelineExecutionId|PushEvent.*|PullRequestEvent.*)$/;

const ofCommit = ['AuthorDate', 'BranchName', 'CommitId', 'CommitMessage'];
/**
 * The variables that sources give, by provider, and those that the console shows beside the documented ones
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html). Other actions give what their
 * user writes.
 */
const ofSources = table<readonly string[]>({
  CodeCommit: [...ofCommit, 'CommitterDate', 'RepositoryName'],
  CodeStarSourceConnection: [
    ...ofCommit,
    'AuthorDisplayName',
    'AuthorEmail',
    'AuthorId',
    'ConnectionArn',
    'FullRepositoryName',
    'ProviderType',
  ],
  ECR: ['ImageDigest', 'ImageTag', 'ImageURI', 'RegistryId', 'RepositoryName'],
  GitHub: [...ofCommit, 'CommitterDate', 'CommitUrl', 'RepositoryName'],
  S3: ['BucketName', 'ETag', 'ObjectKey', 'VersionId'],
});

const codeBuild = '"actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}';
const action = (extra: string): string =>
  `{"name": "Make", ${codeBuild}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]${extra}}`;
const environment = (value: string): string =>
  `{"name": "Make", ${codeBuild}, "configuration": {"ProjectName": "p", "EnvironmentVariables": "[{\\"name\\": \\"ID\\", \\"value\\": \\"${value}\\"}]"}, "inputArtifacts": [{"name": "Code"}]}`;

export const variableRules: readonly Rule[] = [
  rule(
    'namespace-taken',
    'error',
    'A namespace that is taken or reserved',
    'A namespace is unique in the pipeline, differs from the names of artifacts, and is not `codepipeline` or `variables`, which belong to the service.',
    'action',
    action(', "namespace": "codepipeline"'),
    action(', "namespace": "BuildVariables"'),
  ),
  rule(
    'unknown-namespace',
    'error',
    'A variable of a namespace that no earlier action has',
    'In `#{namespace.key}` the namespace is that of an action which has ended before this one begins.',
    'action',
    environment('#{SourceVariables.CommitId}'),
    environment('#{codepipeline.PipelineExecutionId}'),
  ),
  rule(
    'unknown-variable',
    'error',
    'A variable that does not exist',
    '`#{variables.name}` reads a variable that the pipeline declares; the namespace `codepipeline` holds `PipelineExecutionId`. A source gives what its provider is documented to give, such as `CommitId`; a name that is nearly one of these is told.',
    'action',
    environment('#{codepipeline.ExecutionId}'),
    environment('#{codepipeline.PipelineExecutionId}'),
  ),
];

export const checkVariables: Check = (pipeline, report) => {
  const namespaces = new Map<string, Action>();
  const artifacts = new Set(pipeline.actions.flatMap((one) => one.outputs.map((output) => output.name)));
  for (const one of pipeline.actions) {
    const { namespace } = one;
    if (!namespace) continue;
    const { name, node } = namespace;
    const why = reserved.includes(name)
      ? `'${name}' belongs to CodePipeline itself.`
      : artifacts.has(name)
        ? `'${name}' is the name of an artifact already.`
        : namespaces.has(name)
          ? `'${name}' is the namespace of another action already.`
          : undefined;
    if (why) report({ rule: 'cp/namespace-taken', node, message: `${why} Choose another namespace.` });
    else namespaces.set(name, one);
  }
  for (const one of pipeline.actions) {
    checkUses(pipeline, { node: one.node, after: (owner) => runsBefore(owner, one) }, namespaces, report);
  }
  for (const stage of pipeline.stages) {
    for (const user of conditionsOf(pipeline, stage)) checkUses(pipeline, user, namespaces, report);
  }
};

/** Where a variable is read: in an action, or in the rules of a stage's condition. */
interface User {
  node: Node;
  /** True where the action has ended before what stands here is read. */
  after(owner: Action): boolean;
}

/** The conditions of a stage: at its entry earlier stages have ended, at its end its own actions have, too. */
function conditionsOf(pipeline: Pipeline, { node, index }: Stage): User[] {
  return ['beforeEntry', 'onSuccess', 'onFailure'].flatMap((name) => {
    const conditions = pipeline.member(node, name);
    if (!conditions) return [];
    const last = name === 'beforeEntry' ? index - 1 : index;
    return [{ node: conditions, after: (owner: Action) => owner.stage.index <= last }];
  });
}

function checkUses(pipeline: Pipeline, user: User, namespaces: ReadonlyMap<string, Action>, report: Report): void {
  for (const node of user.node.walk()) {
    const text = node.text;
    if (!text?.includes('#{')) continue;
    for (const match of text.matchAll(/#\{([A-Za-z0-9@\-_]+)\.([^}\s]+)\}/g)) {
      const [, namespace = '', key = ''] = match;
      const from = match.index + 2;
      checkUse(pipeline, user, { node, namespace, key, from }, namespaces, report);
    }
  }
}

const declared = new WeakMap<Pipeline, ReadonlySet<string>>();

/** The names of the variables that a pipeline declares. */
function variablesOf(pipeline: Pipeline): ReadonlySet<string> {
  const known = declared.get(pipeline) ?? new Set(pipeline.variables.map(({ name }) => name));
  declared.set(pipeline, known);
  return known;
}

interface Use {
  node: Node;
  namespace: string;
  key: string;
  /** Character at which the namespace begins. */
  from: number;
}

function checkUse(
  pipeline: Pipeline,
  user: User,
  { node, namespace, key, from }: Use,
  namespaces: ReadonlyMap<string, Action>,
  report: Report,
): void {
  const keyAt = { from: from + namespace.length + 1, to: from + namespace.length + 1 + key.length };
  if (namespace === 'variables') {
    const names = variablesOf(pipeline);
    if (names.has(key)) return;
    const near = nearestName(key, names);
    report({
      rule: 'cp/unknown-variable',
      node,
      mark: keyAt,
      message: `The pipeline declares no variable '${key}'.${near ? ` Did you mean '${near}'?` : ''}`,
      fixes: (edit) => [
        near ? edit.fix(`Change to '${near}'`, [edit.part(node, keyAt.from, keyAt.to, near)], true) : undefined,
      ],
    });
    return;
  }
  if (namespace === 'codepipeline') {
    if (executionKeys.test(key)) return;
    report({
      rule: 'cp/unknown-variable',
      node,
      mark: keyAt,
      message: `CodePipeline has no variable '${key}' of its own. It has PipelineExecutionId.`,
      fixes: (edit) => [
        edit.fix(
          "Change to 'PipelineExecutionId'",
          [edit.part(node, keyAt.from, keyAt.to, 'PipelineExecutionId')],
          true,
        ),
      ],
    });
    return;
  }
  const owner = namespaces.get(namespace);
  const mark = { from, to: from + namespace.length };
  if (owner) {
    if (user.after(owner)) {
      checkKey(owner, { node, key, keyAt }, report);
      return;
    }
    report({
      rule: 'cp/unknown-namespace',
      node,
      mark,
      message: `The action with the namespace '${namespace}' has not ended before this is read. Use a later stage or a higher runOrder.`,
      related: owner.namespace ? [{ node: owner.namespace.node, message: 'The namespace is here.' }] : [],
    });
    return;
  }
  if (!pipeline.complete) return;
  const near = nearestName(namespace, namespaces) ?? nearest(namespace, reserved);
  report({
    rule: 'cp/unknown-namespace',
    node,
    mark,
    message: `No earlier action has the namespace '${namespace}'.${near ? ` Did you mean '${near}'?` : ''}`,
    fixes: (edit) => [
      near ? edit.fix(`Change to '${near}'`, [edit.part(node, mark.from, mark.to, near)], true) : undefined,
    ],
  });
}

/** A variable of a source, where its name is nearly one that the source gives: case counts. */
function checkKey(
  { category, provider = '' }: Action,
  { node, key, keyAt }: { node: Node; key: string; keyAt: { from: number; to: number } },
  report: Report,
): void {
  const given = category === 'Source' ? ofSources[provider] : undefined;
  if (!given || given.includes(key)) return;
  const near = nearest(key, given);
  if (near === undefined) return;
  report({
    rule: 'cp/unknown-variable',
    node,
    mark: keyAt,
    message: `A source of ${provider} gives no variable '${key}'. Did you mean '${near}'?`,
    fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.part(node, keyAt.from, keyAt.to, near)], true)],
  });
}
