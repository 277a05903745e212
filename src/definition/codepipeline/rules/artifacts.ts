/** Artifacts: who makes them, who takes them, and how many a provider allows. */
import { nearest, nearestName } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Action, Named, Pipeline } from '../model';
import { runsBefore } from '../model';
import { providerOf } from '../providers';
import { type Check, rule } from './tools';

const codeBuild = '"actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}';
const good = `{"name": "Make", ${codeBuild}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]}`;
const with2 = (configuration: string): string =>
  `[{"name": "Source", "actions": [{"name": "A", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}, "outputArtifacts": [{"name": "Code"}]}, {"name": "B", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "l"}, "outputArtifacts": [{"name": "Data"}]}]}, {"name": "Build", "actions": [{"name": "Make", ${codeBuild}, "configuration": ${configuration}, "inputArtifacts": [{"name": "Code"}, {"name": "Data"}]}]}]`;

export const artifactRules: readonly Rule[] = [
  rule(
    'unknown-artifact',
    'error',
    'An input artifact that no action makes',
    'Each input artifact must be an output artifact of an earlier action.',
    'action',
    good.replace('"Code"', '"Cod"'),
    good,
  ),
  rule(
    'artifact-too-late',
    'error',
    'An input artifact that is made too late',
    'An artifact can be used in a later stage than the one that makes it, or in the same stage by an action with a higher `runOrder`.',
    'stages',
    with2('{"ProjectName": "p", "PrimarySource": "Code"}').replace(
      '{"name": "Data"}]}]}]',
      '{"name": "Out"}]}, {"name": "Late", ' +
        `${codeBuild}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Data"}], "outputArtifacts": [{"name": "Out"}]}]}]`,
    ),
    with2('{"ProjectName": "p", "PrimarySource": "Code"}'),
  ),
  rule(
    'duplicate-artifact',
    'error',
    'Two actions make an artifact of the same name',
    'The name of an output artifact is unique in the pipeline.',
    'action',
    good.replace(/\}$/, ', "outputArtifacts": [{"name": "Code"}]}'),
    good.replace(/\}$/, ', "outputArtifacts": [{"name": "Package"}]}'),
  ),
  rule(
    'artifact-count',
    'error',
    'More or fewer artifacts than the provider takes',
    'Each provider takes and makes a certain number of artifacts: a source makes exactly one, an approval neither takes nor makes any.',
    'action',
    good.replace(', "inputArtifacts": [{"name": "Code"}]', ''),
    good,
  ),
  rule(
    'duplicate-input',
    'warning',
    'The same input artifact twice',
    'An action needs each input artifact once.',
    'action',
    good
      .replace('[{"name": "Code"}]', '[{"name": "Code"}, {"name": "Code"}]')
      .replace('{"ProjectName": "p"}', '{"ProjectName": "p", "PrimarySource": "Code"}'),
    good,
  ),
  rule(
    'unused-artifact',
    'hint',
    'An output artifact that no action takes',
    'The artifact is kept and nothing in the pipeline takes it. Many projects make one for people to look at; else remove it, or name it as an input.',
    'action',
    good.replace(/\}$/, ', "outputArtifacts": [{"name": "Package"}]}'),
    good,
  ),
  rule(
    'primary-source',
    'error',
    'CodeBuild with several inputs does not know the primary one',
    'With more than one input artifact CodeBuild must be told by `PrimarySource` in which one its buildspec lies.',
    'stages',
    with2('{"ProjectName": "p"}'),
    with2('{"ProjectName": "p", "PrimarySource": "Code"}'),
  ),
  rule(
    'output-files',
    'error',
    'Files chosen for an output artifact of an action that cannot choose',
    'Only the Commands action and custom builds choose the `files` of an output artifact.',
    'action',
    '{"name": "Stack", "actionTypeId": {"category": "Deploy", "owner": "AWS", "provider": "CloudFormation", "version": "1"}, "configuration": {"ActionMode": "DELETE_ONLY", "StackName": "s", "RoleArn": "r"}, "outputArtifacts": [{"name": "Out", "files": ["a"]}]}',
    '{"name": "Run", "actionTypeId": {"category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1"}, "commands": ["make"], "inputArtifacts": [{"name": "Code"}], "outputArtifacts": [{"name": "Out", "files": ["a"]}]}',
  ),
];

export const checkArtifacts: Check = (pipeline, report) => {
  const makers = new Map<string, { action: Action; output: Named }>();
  for (const action of pipeline.actions) {
    for (const output of action.outputs) {
      const first = makers.get(output.name);
      if (!first) {
        makers.set(output.name, { action, output });
        continue;
      }
      report({
        rule: 'cp/duplicate-artifact',
        node: output.node,
        message: `Another action makes an artifact '${output.name}' already. Choose a name of its own.`,
        related: [{ node: first.output.node, message: 'The first one is here.' }],
      });
    }
  }
  for (const action of pipeline.actions) {
    for (const input of action.inputs) checkInput(pipeline, action, input, makers, report);
    checkCounts(action, report);
    checkPrimarySource(action, report);
    checkFiles(pipeline, action, report);
  }
  for (const { inputs } of pipeline.optional) {
    for (const input of inputs) if (!makers.has(input.name)) reportUnknown(pipeline, input, makers, report);
  }
  checkUnused(pipeline, makers, report);
};

function checkInput(
  pipeline: Pipeline,
  action: Action,
  input: Named,
  makers: ReadonlyMap<string, { action: Action; output: Named }>,
  report: Report,
): void {
  if (action.inputs.find((other) => other.name === input.name) !== input) {
    report({
      rule: 'cp/duplicate-input',
      node: input.node,
      message: `The action takes '${input.name}' already. Remove one of them.`,
      fixes: (edit) => [edit.fix('Remove this one', [input.node.parent && edit.remove(input.node.parent)])],
    });
    return;
  }
  const maker = makers.get(input.name);
  if (maker) {
    if (runsBefore(maker.action, action)) return;
    const own = maker.action === action;
    report({
      rule: 'cp/artifact-too-late',
      node: input.node,
      message: own
        ? `The action makes '${input.name}' itself, and cannot take it.`
        : `'${input.name}' is made by ${maker.action.name?.name ?? 'an action'}, which does not end before this action begins. Use a later stage or a higher runOrder.`,
      related: [{ node: maker.output.node, message: 'It is made here.' }],
    });
    return;
  }
  reportUnknown(pipeline, input, makers, report);
}

function reportUnknown(pipeline: Pipeline, input: Named, makers: ReadonlyMap<string, unknown>, report: Report): void {
  if (!pipeline.allKnown) return;
  const sometimes = pipeline.optional.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  if (sometimes.includes(input.name)) return;
  const near = nearestName(input.name, makers) ?? nearest(input.name, sometimes);
  report({
    rule: 'cp/unknown-artifact',
    node: input.node,
    message: `No action makes an artifact '${input.name}'.${near ? ` Did you mean '${near}'?` : ''}`,
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(input.node, near)], true) : undefined],
  });
}

function checkCounts(action: Action, report: Report): void {
  const { category, owner, provider } = action;
  if (category === undefined || owner === undefined || provider === undefined) return;
  const known = providerOf(category, owner, provider);
  const limits = known ?? (owner === 'Custom' ? ({ inputs: [0, 5], outputs: [0, 5] } as const) : undefined);
  if (!limits) return;
  const check = (count: number, [least, most]: readonly [number, number], what: 'input' | 'output'): void => {
    if (count >= least && count <= most) return;
    const node = (what === 'input' ? action.inputsNode : action.outputsNode) ?? action.node;
    const wanted =
      least === most
        ? least === 0
          ? 'none'
          : `exactly ${least}`
        : count < least
          ? `at least ${least}`
          : `at most ${most}`;
    report({
      rule: 'cp/artifact-count',
      node,
      mark: 'opening',
      message: `The action has ${count === 0 ? 'no' : count} ${what} artifact${count === 1 ? '' : 's'}, and ${provider} ${what === 'input' ? 'takes' : 'makes'} ${wanted}.`,
    });
  };
  // A list whose elements are computed cannot be counted.
  if (count(action.inputsNode) === action.inputs.length) check(action.inputs.length, limits.inputs, 'input');
  if (count(action.outputsNode) === action.outputs.length) check(action.outputs.length, limits.outputs, 'output');
}

function count(list: Action['inputsNode']): number {
  return list === undefined ? 0 : list.kind === 'array' ? list.items.length : -1;
}

function checkPrimarySource(action: Action, report: Report): void {
  if (action.provider !== 'CodeBuild' || action.inputs.length < 2) return;
  const { configuration } = action;
  const primary = configuration?.get('PrimarySource');
  const names = action.inputs.map((input) => input.name);
  if (!primary) {
    const node = configuration ?? action.node;
    report({
      rule: 'cp/primary-source',
      node,
      mark: 'opening',
      message: `With ${names.length} input artifacts CodeBuild needs PrimarySource. Name one of ${names.join(', ')}.`,
      fixes: (edit) =>
        configuration
          ? names.map((name) =>
              edit.fix(`Set PrimarySource to '${name}'`, [edit.insert(configuration, 'PrimarySource', name)]),
            )
          : [],
    });
  } else if (primary.text !== undefined && !names.includes(primary.text)) {
    const near = nearest(primary.text, names);
    report({
      rule: 'cp/primary-source',
      node: primary,
      message: `'${primary.text}' is not an input artifact of this action. Name one of ${names.join(', ')}.`,
      fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(primary, near)], true) : undefined],
    });
  }
}

function checkFiles(pipeline: Pipeline, action: Action, report: Report): void {
  if (action.category === undefined || action.category === 'Compute' || action.category === 'Build') return;
  for (const item of action.outputsNode?.items ?? []) {
    const files = pipeline.member(item, 'files');
    if (!files) continue;
    report({
      rule: 'cp/output-files',
      node: files,
      mark: 'key',
      message: 'Only Commands and builds choose the files of an output artifact. Remove files.',
      fixes: (edit) => [edit.fix('Remove files', [edit.remove(files)], true)],
    });
  }
}

function checkUnused(
  pipeline: Pipeline,
  makers: ReadonlyMap<string, { action: Action; output: Named }>,
  report: Report,
): void {
  if (!pipeline.complete) return;
  const used = new Set(pipeline.actions.flatMap((action) => action.inputs.map((input) => input.name)));
  const computed = pipeline.actions.some((action) => count(action.inputsNode) !== action.inputs.length);
  if (computed) return;
  for (const [name, { output, action }] of makers) {
    // A source must make its artifact whether it is used or not.
    if (used.has(name) || action.category === 'Source') continue;
    report({
      rule: 'cp/unused-artifact',
      node: output.node,
      message: `No action takes the artifact '${name}'.`,
      unnecessary: true,
    });
  }
}
