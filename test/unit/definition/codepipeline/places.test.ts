import { describe, expect, it } from 'vitest';
import { validate } from '../../../../src/definition';
import { codepipeline } from '../../../../src/definition/codepipeline';
import { exampleText } from '../../../../src/definition/codepipeline/examples';
import { cursor, edited, stretch } from '../marked';

/** The whole text with `fragment` in its place, as it is written. */
function whole(frame: 'pipeline' | 'stages' | 'action', fragment: string): string {
  if (frame === 'pipeline') return exampleText('pipeline', '{"here": 1}').replace('"here": 1', fragment);
  return exampleText(frame, '"@here"').replace('"@here"', fragment);
}

const type = (provider: string, category = 'Build', owner = 'AWS'): string =>
  `"actionTypeId": {"category": "${category}", "owner": "${owner}", "provider": "${provider}", "version": "1"}`;
const action = (
  more: string,
  head = `"name": "Make", ${type('CodeBuild')}, "configuration": {"ProjectName": "p"}`,
): string => `{${head}, "inputArtifacts": [{"name": "Code"}]${more}}`;
const configured = (configuration: string, head = `"name": "Make", ${type('CodeBuild')}`): string =>
  action('', `${head}, "configuration": ${configuration}`);
const s3 = (name: string, output: string): string =>
  `{"name": "${name}", ${type('S3', 'Source')}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}, "outputArtifacts": [{"name": "${output}"}]}`;
const connection = (name = 'Get', configuration = ''): string =>
  `{"name": "${name}", ${type('CodeStarSourceConnection', 'Source')}, "configuration": {"ConnectionArn": "arn:aws:codeconnections:eu-west-1:111122223333:connection/11111111-2222-3333-4444-555555555555", "FullRepositoryId": "o/r", "BranchName": "main"${configuration}}, "outputArtifacts": [{"name": "Code"}]}`;
/** A source with its region, as the service prints it. */
const inRegion = s3('Get', 'Code').replace('"name": "Get"', '"name": "Get", "region": "eu-west-1"');
const two = (sources: string, actions: string, more = ''): string =>
  `[{"name": "Source", "actions": [${sources}]}, {"name": "Build", "actions": [${actions}]${more}}]`;
/** A build that reads a variable of the source. */
const reading = (value: string, source = connection()): string =>
  `"pipelineType": "V2", "stages": ${two(source.replace(/\}$/, ', "namespace": "Source"}'), configured(`{"ProjectName": "${value}"}`))}`;
const twoV2 = (more: string, source = connection()): string =>
  `"pipelineType": "V2", "stages": ${two(source, action(''), more)}`;
const trigger = (git: string): string =>
  `"pipelineType": "V2", "stages": ${two(connection(), action(''))}, "triggers": [{"providerType": "CodeStarSourceConnection", "gitConfiguration": ${git}}]`;
const rule = (provider: string, configuration: string, name = 'R'): string =>
  `{"name": "${name}", "ruleTypeId": {"category": "Rule", "provider": "${provider}"}, "configuration": ${configuration}}`;
const before = (result: string, rules: string): string =>
  twoV2(`, "beforeEntry": {"conditions": [{"result": ${result}, "rules": [${rules}]}]}`);
const alarm = rule('CloudWatchAlarm', '{"AlarmName": "a"}');
const stack = (configuration: string): string =>
  configured(configuration, `"name": "S", ${type('CloudFormation', 'Deploy')}`);
const template = '"ActionMode": "CREATE_UPDATE", "StackName": "s", "RoleArn": "r"';

const approval = (topic: string, region?: string): string =>
  `{"name": "Ask", ${type('Manual', 'Approval')}, "configuration": {"NotificationArn": ${topic}}${region === undefined ? '' : `, "region": "${region}"`}}`;
const store = '{"type": "S3", "location": "artifacts"}';
const approving = (topic: string): string =>
  `"artifactStore": null, "artifactStores": {"us-east-1": ${store}, "us-east-2": ${store}}, "stages": ${two(s3('Get', 'Code'), approval(topic))}`;
const keyed = (region: string, topic: string): string =>
  `"artifactStore": {"type": "S3", "location": "artifacts", "encryptionKey": {"type": "KMS", "id": "arn:aws:kms:${region}:111122223333:key/k"}}, "stages": ${two(s3('Get', 'Code'), approval(topic))}`;

/** Rule, frame, a fragment with the marked place, and one like it with nothing wrong of this kind. */
const cases: [string, 'pipeline' | 'stages' | 'action', string, string][] = [
  ['cp/unknown-member', 'action', action(', |"runOdrer"|: 2'), action(', "runOrder": 2')],
  [
    'cp/missing-member',
    'action',
    action('').replace('"actionTypeId": {', '"actionTypeId": |{|').replace('"version": "1"', '"version2": "1"'),
    action(''),
  ],
  ['cp/wrong-type', 'action', action(', "runOrder": |"2"|'), action(', "runOrder": 2')],
  ['cp/unknown-value', 'action', action('').replace('"Build"', '|"build"|'), action('')],
  [
    'cp/invalid-value',
    'action',
    action('').replace('"Make"', '|"Make it"|'),
    action('').replace('"Make"', '"Make.it-@_1"'),
  ],
  ['cp/out-of-range', 'action', action(', "runOrder": |0|'), action(', "runOrder": 1')],
  [
    'cp/source-stage',
    'stages',
    two(
      `${s3('Get', 'Code')}, ${action(', "runOrder": 2').replace('{"category"', '|{|"category"')}`,
      action('').replace('Make', 'Other'),
    ),
    two(s3('Get', 'Code'), action('')),
  ],
  [
    'cp/source-later',
    'stages',
    two(s3('Get', 'Code'), `${action('')}, ${s3('More', 'Data').replace('{"category"', '|{|"category"')}`),
    two(`${s3('Get', 'Code')}, ${s3('More', 'Data')}`, action('')),
  ],
  [
    'cp/duplicate-name',
    'stages',
    two(s3('Get', 'Code'), `${action('')}, ${action('').replace('"Make"', '|"Make"|')}`),
    two(s3('Make', 'Code'), action('')),
  ],
  [
    'cp/approval-timeout',
    'action',
    action(', |"timeoutInMinutes"|: 60'),
    `{"name": "A", ${type('Manual', 'Approval')}, "timeoutInMinutes": 60}`,
  ],
  ['cp/unknown-artifact', 'action', action('').replace('"Code"', '|"Cod"|'), action('')],
  [
    'cp/artifact-too-late',
    'stages',
    two(
      s3('Get', 'Code'),
      `${action(', "outputArtifacts": [{"name": "Out"}]')}, ${action('').replace('Make', 'Use').replace('"Code"', '|"Out"|')}`,
    ),
    two(
      s3('Get', 'Code'),
      `${action(', "outputArtifacts": [{"name": "Out"}]')}, ${action(', "runOrder": 2').replace('Make', 'Use').replace('"Code"', '"Out"')}`,
    ),
  ],
  [
    'cp/duplicate-artifact',
    'action',
    action(', "outputArtifacts": [{"name": |"Code"|}]'),
    action(', "outputArtifacts": [{"name": "Code2"}]'),
  ],
  [
    'cp/artifact-count',
    'action',
    `|{|"name": "Make", ${type('CodeBuild')}, "configuration": {"ProjectName": "p"}}`,
    `{"name": "L", ${type('Lambda', 'Invoke')}, "configuration": {"FunctionName": "f"}}`,
  ],
  [
    'cp/duplicate-input',
    'action',
    action('').replace('[{"name": "Code"}]', '[{"name": "Code"}, {"name": |"Code"|}]'),
    action(''),
  ],
  ['cp/unused-artifact', 'action', action(', "outputArtifacts": [{"name": |"Out"|}]'), action('')],
  [
    'cp/primary-source',
    'stages',
    two(
      `${s3('Get', 'Code')}, ${s3('More', 'Data')}`,
      configured('{"ProjectName": "p", "PrimarySource": |"Dta"|}').replace(
        '[{"name": "Code"}]',
        '[{"name": "Code"}, {"name": "Data"}]',
      ),
    ),
    two(
      `${s3('Get', 'Code')}, ${s3('More', 'Data')}`,
      configured('{"ProjectName": "p", "PrimarySource": "Data"}').replace(
        '[{"name": "Code"}]',
        '[{"name": "Code"}, {"name": "Data"}]',
      ),
    ),
  ],
  [
    'cp/output-files',
    'action',
    stack(`{${template}, "TemplatePath": "Code::t"}`).replace(
      /\}$/,
      ', "outputArtifacts": [{"name": "O", |"files"|: ["a"]}]}',
    ),
    action(', "outputArtifacts": [{"name": "O", "files": ["a"]}]'),
  ],
  ['cp/namespace-taken', 'action', action(', "namespace": |"Code"|'), action(', "namespace": "CodeVariables"')],
  [
    'cp/unknown-namespace',
    'action',
    configured('{"ProjectName": "#{|Buidl|.x}"}').replace(/\}$/, ', "namespace": "Build"}'),
    configured('{"ProjectName": "#{codepipeline.PipelineExecutionId}"}'),
  ],
  [
    'cp/unknown-variable',
    'action',
    configured('{"ProjectName": "#{variables.|Stage|}"}'),
    configured('{"ProjectName": "# {variables.Stage}"}'),
  ],
  ['cp/unknown-variable', 'pipeline', reading('#{Source.|CommitID|}'), reading('#{Source.CommitId}')],
  ['cp/unknown-variable', 'pipeline', reading('#{Source.|FullRepositoryname|}'), reading('#{Source.WhatIsNewer}')],
  [
    'cp/unknown-variable',
    'pipeline',
    reading('#{Source.|VersionID|}', s3('Get', 'Code')),
    reading('#{Source.CommitID}', s3('Get', 'Code')),
  ],
  [
    'cp/needs-v2',
    'pipeline',
    '"pipelineType": "V1", "executionMode": |"PARALLEL"|',
    '"pipelineType": "V1", "executionMode": "SUPERSEDED"',
  ],
  ['cp/becomes-v2', 'pipeline', '|"variables"|: [{"name": "A"}]', '"variables": []'],
  [
    'cp/parallel-rollback',
    'pipeline',
    twoV2(', "onFailure": {"result": |"ROLLBACK"|}').replace('"V2"', '"V2", "executionMode": "PARALLEL"'),
    twoV2(', "onFailure": {"result": "ROLLBACK"}').replace('"V2"', '"V2", "executionMode": "QUEUED"'),
  ],
  [
    'cp/source-rollback',
    'pipeline',
    `"pipelineType": "V2", "stages": [{"name": "Source", "actions": [${connection()}], "onFailure": {"result": |"ROLLBACK"|}}, {"name": "Build", "actions": [${action('')}]}]`,
    twoV2(', "onFailure": {"result": "ROLLBACK"}'),
  ],
  ['cp/condition-result', 'pipeline', before('|"ROLLBACK"|', alarm), before('"FAIL"', alarm)],
  [
    'cp/condition-rules',
    'pipeline',
    before('"SKIP"', alarm.replace('"CloudWatchAlarm"', '|"CloudWatchAlarm"|')),
    before(
      '"SKIP"',
      rule('VariableCheck', '{"Variable": "#{codepipeline.PipelineExecutionId}", "Value": "v", "Operator": "EQ"}'),
    ),
  ],
  [
    'cp/trigger-source',
    'pipeline',
    trigger('{"sourceActionName": |"Make"|, "push": [{"tags": {"includes": ["v*"]}}]}'),
    trigger('{"sourceActionName": "Get", "push": [{"tags": {"includes": ["v*"]}}]}'),
  ],
  [
    'cp/trigger-filter',
    'pipeline',
    trigger(
      '{"sourceActionName": "Get", "push": [|{|"tags": {"includes": ["v*"]}, "branches": {"includes": ["main"]}}]}',
    ),
    trigger(
      '{"sourceActionName": "Get", "push": [{"tags": {"includes": ["v*"]}}, {"branches": {"includes": ["main"]}}]}',
    ),
  ],
  [
    'cp/unknown-provider',
    'action',
    action('').replace('"CodeBuild"', '|"Codebuild"|'),
    action('')
      .replace('"provider": "CodeBuild"', '"provider": "Jenkins"')
      .replace('"owner": "AWS"', '"owner": "Custom"'),
  ],
  ['cp/missing-configuration', 'action', configured('|{|"PrimarySource": "Code"}'), configured('{"ProjectName": ""}')],
  [
    'cp/unknown-configuration',
    'action',
    configured('{"ProjectName": "p", |"projectname2"|: "q"}'),
    `{"name": "E", ${type('EC2', 'Deploy')}, "configuration": {"Anything": "x"}, "inputArtifacts": [{"name": "Code"}]}`,
  ],
  ['cp/configuration-value', 'action', configured('{"ProjectName": |""|}'), configured('{"ProjectName": "x"}')],
  [
    'cp/configuration-choice',
    'action',
    configured('{"ProjectName": "p", "BatchEnabled": |"True"|}'),
    configured('{"ProjectName": "p", "BatchEnabled": "#{variables.Batch}"}'),
  ],
  [
    'cp/codebuild-environment',
    'action',
    configured(String.raw`{"ProjectName": "p", "EnvironmentVariables": |"[{\"name\": \"A\"}]"|}`),
    configured(
      String.raw`{"ProjectName": "p", "EnvironmentVariables": "[{\"name\": \"A\", \"value\": \"#{variables.x}\", \"type\": \"SECRETS_MANAGER\"}]"}`,
    ),
  ],
  [
    'cp/combine-artifacts',
    'action',
    configured('{"ProjectName": "p", "CombineArtifacts": |"true"|, "BatchEnabled": "false"}'),
    configured('{"ProjectName": "p", "CombineArtifacts": "false"}'),
  ],
  [
    'cp/cloudformation-action',
    'action',
    stack(`{${template}, "TemplatePath": |"Cod::t.yml"|}`),
    stack(`{${template}, "TemplatePath": "Code::t.yml"}`),
  ],
  [
    'cp/capabilities',
    'action',
    stack(`{${template}, "TemplatePath": "Code::t", "Capabilities": |"CAPABILITY_IMA"|}`),
    stack(`{${template}, "TemplatePath": "Code::t", "Capabilities": "CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND"}`),
  ],
  [
    'cp/parameter-overrides',
    'action',
    stack(`{${template}, "TemplatePath": "Code::t", "ParameterOverrides": |"[]"|}`),
    stack(`{${template}, "TemplatePath": "Code::t", "ParameterOverrides": "{}"}`),
  ],
  [
    'cp/commands',
    'action',
    action(', |"commands"|: ["make"]'),
    `{"name": "R", ${type('Commands', 'Compute')}, "commands": ["make"], "inputArtifacts": [{"name": "Code"}]}`,
  ],
  [
    'cp/secret-literal',
    'stages',
    two(
      `{"name": "G", ${type('GitHub', 'Source', 'ThirdParty')}, "configuration": {"Owner": "o", "Repo": "r", "Branch": "b", "OAuthToken": |"abc"|}, "outputArtifacts": [{"name": "Code"}]}`,
      action(''),
    ),
    two(
      `{"name": "G", ${type('GitHub', 'Source', 'ThirdParty')}, "configuration": {"Owner": "o", "Repo": "r", "Branch": "b", "OAuthToken": "{{resolve:secretsmanager:x}}"}, "outputArtifacts": [{"name": "Code"}]}`,
      action(''),
    ),
  ],
  [
    'cp/connection',
    'stages',
    two(connection().replace('"o/r"', '|"r"|'), action('')),
    two(connection().replace('"o/r"', '"group/sub/r"'), action('')),
  ],
  [
    'cp/cron-fields',
    'pipeline',
    before('"FAIL"', rule('DeploymentWindow', '{"Cron": |"0 9 * * *"|}')),
    before('"FAIL"', rule('DeploymentWindow', '{"Cron": "0 0 9 ? * MON-FRI"}')),
  ],
  [
    'cp/region-store',
    'pipeline',
    `"artifactStore2": 1, "artifactStores": {"eu-west-1": {"type": "S3", "location": "abc"}}, "stages": ${two(s3('Get', 'Code'), action(', "region": |"eu-central-1"|'))}`,
    `"artifactStores": {"eu-west-1": {"type": "S3", "location": "abc"}}, "stages": ${two(s3('Get', 'Code'), action(', "region": "eu-west-1"'))}`,
  ],
  [
    'cp/region-not-allowed',
    'stages',
    two(inRegion, action(', "region": |"eu-central-1"|').replace('"owner": "AWS"', '"owner": "Custom"')),
    two(inRegion, action(', "region": "eu-west-1"').replace('"owner": "AWS"', '"owner": "Custom"')),
  ],
  [
    'cp/region-not-allowed',
    'pipeline',
    `"artifactStore2": 1, "artifactStores": {"us-east-1": {"type": "S3", "location": "abc"}}, "stages": ${two(inRegion.replace('"eu-west-1"', '|"eu-west-1"|'), action(''))}`,
    `"artifactStores": {"eu-west-1": {"type": "S3", "location": "abc"}}, "stages": ${two(inRegion, action(''))}`,
  ],
  [
    'cp/region-store',
    'stages',
    two(inRegion, action(', "region": |"eu-central-1"|')),
    // As the service prints it: each action has the pipeline's own region.
    two(inRegion, action(', "region": "eu-west-1"')),
  ],
  ['cp/artifact-store', 'pipeline', '|"artifactStores"|: {}', '"name": "other"'],
  [
    'cp/approval-topic',
    'action',
    approval('|"arn:aws:sns:eu-west-1:111122223333:t"|', 'us-east-1'),
    approval('"arn:aws:sns:us-east-1:111122223333:t"', 'us-east-1'),
  ],
  ['cp/approval-topic', 'action', approval('|"approvals"|'), approval('"#{variables.Topic}"')],
  [
    'cp/approval-topic',
    'pipeline',
    approving('|"arn:aws:sns:eu-west-1:111122223333:t"|'),
    approving('"arn:aws:sns:us-east-2:111122223333:t"'),
  ],
  [
    'cp/approval-topic',
    'pipeline',
    keyed('us-east-1', '|"arn:aws-cn:sns:cn-north-1:111122223333:t"|'),
    keyed('us-east-1', '"arn:aws:sns:us-east-1:111122223333:t"'),
  ],
  [
    'cp/approval-topic',
    'action',
    approval('|"arn:aws:sqs:eu-west-1:111122223333:t"|'),
    approval('"arn:aws:sns:eu-west-1:111122223333:t"'),
  ],
  ['cp/version-present', 'pipeline', '|"version"|: 7', '"name": "version"'],
];

const found = (
  text: string,
  rule: string,
): { range: { start: { line: number; character: number }; end: { line: number; character: number } } }[] =>
  validate(text, { path: 'pipeline.json' }).filter((diagnostic) => diagnostic.rule === rule);

describe.each(cases)('%s', (rule, frame, marked, clean) => {
  it('marks the very place', () => {
    const { text, start, end } = stretch(whole(frame, marked));
    const lines = text.split('\n');
    const offset = ({ line, character }: { line: number; character: number }): number =>
      lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
    const places = found(text, rule).map(({ range }) => text.slice(offset(range.start), offset(range.end)));
    expect(places).toContain(text.slice(start, end));
    expect(found(text, rule).some(({ range }) => offset(range.start) === start && offset(range.end) === end)).toBe(
      true,
    );
  });

  it('leaves alone what only looks like it', () => {
    expect(found(whole(frame, clean), rule)).toEqual([]);
  });
});

describe('fixes', () => {
  it.each([
    ['a member', action(', "runOdrer|": 2'), '"runOrder": 2'],
    ['a word', action('').replace('"Build"', '"buil|d"'), '"category": "Build"'],
    ['a number written as text', action(', "runOrder": "|2"'), '"runOrder": 2'],
    ['an artifact', action('').replace('"Code"', '"C|od"'), '{"name": "Code"}'],
    ['a configuration key', configured('{"ProjctName|": "p"}'), '"ProjectName": "p"'],
    [
      'a flag written without quotes',
      configured('{"ProjectName": "p", "BatchEnabled": tr|ue}'),
      '"BatchEnabled": "true"',
    ],
  ])('mend %s', (_what, marked, expected) => {
    const { text, offset } = cursor(whole('action', marked));
    const line = text.slice(0, offset).split('\n').length - 1;
    const fix = validate(text, { path: 'pipeline.json' })
      .filter(({ range }) => range.start.line <= line && range.end.line >= line)
      .flatMap((diagnostic) => diagnostic.fixes)
      .find((one) => one.preferred && edited(text, one.edits).includes(expected));
    expect(fix).toBeDefined();
  });
});

describe('the cases above', () => {
  it('cover every rule but those of whole texts', () => {
    const all = codepipeline.rules
      .map((one) => one.id)
      .filter((id) => !/syntax|duplicate-key|metadata|only-sources/.test(id));
    expect(all.filter((id) => !cases.some(([one]) => one === id))).toEqual([]);
  });
});
