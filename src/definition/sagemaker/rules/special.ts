/** What single step types need beside the shape of their request. */
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import type { Node } from '../../tree';
import { callOf, type Step, type Unit } from '../model';
import { checkTypes, stepTypes } from '../vocabulary';
import { checkScalarObject } from './functions';
import {
  checkMembers,
  checkUnique,
  given,
  isPlaceholder,
  kindOf,
  missingMember,
  unknownMember,
  unknownValue,
} from './tools';

const lambda = (members: string, args = '{}'): string =>
  `{"Name": "Tell", "Type": "Lambda", ${members}"Arguments": ${args}}`;
const arn = '"FunctionArn": {"Get": "Parameters.Message"}, ';
const callback = (queue: string): string => `{"Name": "Wait", "Type": "Callback", ${queue}"Arguments": {"text": "go"}}`;
const job =
  '"AppSpecification": {"ImageUri": {"Get": "Parameters.Image"}}, "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": {"Get": "Parameters.InstanceType"}, "VolumeSizeInGB": 20}}';
const check = (type: string): string => `{"Name": "Check", "Type": "QualityCheck", ${type}"Arguments": {${job}}}`;
const checkType = '"CheckType": "DATA_QUALITY", ';
const processing = (members: string): string =>
  `{"Name": "Count", "Type": "Processing", ${members}"Arguments": {${job}, "ProcessingOutputConfig": {"Outputs": [{"OutputName": "counts", "S3Output": {"S3Uri": {"Get": "Parameters.Message"}, "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}}]}}}`;
const emr = (args: string): string =>
  `{"Name": "Spark", "Type": "EMR", "Arguments": {"StepConfig": {"HadoopJarStep": {"Jar": "command-runner.jar"}}${args}}}`;
const instances =
  '"Instances": {"InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]}';
const serverless = (args: string): string =>
  `{"Name": "Spark", "Type": "EMRServerless", "Arguments": {"ExecutionRoleArn": {"Get": "Parameters.Role"}, "JobConfig": {"jobDriver": {}}${args}}}`;
const tuning = (args: string): string =>
  `{"Name": "Tune", "Type": "Tuning", "Arguments": {"HyperParameterTuningJobConfig": {"Strategy": "Random", "ResourceLimits": {"MaxParallelTrainingJobs": 2, "MaxNumberOfTrainingJobs": 4}}${args}}}`;
const definition =
  '"AlgorithmSpecification": {"TrainingInputMode": "File"}, "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}, "RoleArn": {"Get": "Parameters.Role"}, "StoppingCondition": {"MaxRuntimeInSeconds": 3600}';
const autoMl = (mode: string): string =>
  `{"Name": "Find", "Type": "AutoML", "Arguments": {"AutoMLJobConfig": {"Mode": "${mode}"}, "InputDataConfig": [{"TargetAttributeName": "species"}], "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}}}`;
const model = (args: string): string =>
  `{"Name": "Make", "Type": "Model", "Arguments": {"PrimaryContainer": {"Image": {"Get": "Parameters.Image"}}${args}}}`;

const spot = (wait: number): string =>
  `{"Name": "Train", "Type": "Training", "Arguments": {"AlgorithmSpecification": {"TrainingImage": {"Get": "Parameters.Image"}, "TrainingInputMode": "File"}, "RoleArn": {"Get": "Parameters.Role"}, "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}, "ResourceConfig": {"InstanceCount": 1, "InstanceType": {"Get": "Parameters.InstanceType"}, "VolumeSizeInGB": 30}, "EnableManagedSpotTraining": true, "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": ${wait}}}}`;

export const specialRules: readonly Rule[] = [
  {
    id: 'sm/lambda-missing-function-arn',
    level: 'error',
    title: 'A Lambda step without a function',
    explanation: '`FunctionArn` belongs beside `Arguments`, not inside it.',
    example: { frame: 'step', bad: lambda(''), good: lambda(arn) },
  },
  {
    id: 'sm/callback-missing-queue',
    level: 'error',
    title: 'A Callback step without a queue',
    explanation: '`SqsQueueUrl` names the queue that gets the message; it belongs beside `Arguments`.',
    example: { frame: 'step', bad: callback(''), good: callback('"SqsQueueUrl": {"Get": "Parameters.Message"}, ') },
  },
  {
    id: 'sm/check-type-missing',
    level: 'error',
    title: 'A check step without CheckType',
    explanation:
      'A QualityCheck checks `DATA_QUALITY` or `MODEL_QUALITY`, a ClarifyCheck `DATA_BIAS`, `MODEL_BIAS` or `MODEL_EXPLAINABILITY`.',
    example: { frame: 'step', bad: check(''), good: check(checkType) },
  },
  {
    id: 'sm/check-type-invalid',
    level: 'error',
    title: 'A CheckType that this step does not have',
    explanation:
      'A QualityCheck checks `DATA_QUALITY` or `MODEL_QUALITY`, a ClarifyCheck `DATA_BIAS`, `MODEL_BIAS` or `MODEL_EXPLAINABILITY`.',
    example: { frame: 'step', bad: check('"CheckType": "DATA_BIAS", '), good: check(checkType) },
  },
  {
    id: 'sm/lambda-nested-argument',
    level: 'warning',
    title: 'An argument of a Lambda or Callback step that is not a single value',
    explanation:
      'Lambda and Callback steps take a flat map of strings, numbers and booleans; objects are not supported.',
    example: { frame: 'step', bad: lambda(arn, '{"config": {"depth": 3}}'), good: lambda(arn, '{"depth": 3}') },
  },
  {
    id: 'sm/lambda-arn-invalid',
    level: 'warning',
    title: 'Not the ARN of a Lambda function',
    explanation: 'Functions are named `arn:aws:lambda:<region>:<account>:function:<name>`.',
    example: { frame: 'step', bad: lambda('"FunctionArn": "my-function", '), good: lambda(arn) },
  },
  {
    id: 'sm/callback-queue-url-invalid',
    level: 'warning',
    title: 'Not the URL of a queue',
    explanation: 'Queues are named by URL: `https://sqs.<region>.amazonaws.com/<account>/<name>`.',
    example: {
      frame: 'step',
      bad: callback('"SqsQueueUrl": "my-queue", '),
      good: callback('"SqsQueueUrl": {"Get": "Parameters.Message"}, '),
    },
  },
  {
    id: 'sm/fail-unknown-member',
    level: 'error',
    title: 'An argument that a Fail step does not have',
    explanation: 'The one argument of a Fail step is `ErrorMessage`.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "Arguments": {"Message": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/fail-error-message-not-string',
    level: 'error',
    title: 'An ErrorMessage that is not a string',
    explanation: 'The message is a string or a function.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": ["stop"]}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/tuning-no-training-definition',
    level: 'error',
    title: 'A Tuning step without the training job to tune',
    explanation: 'Give `TrainingJobDefinition`, or `TrainingJobDefinitions` for several algorithms.',
    example: { frame: 'step', bad: tuning(''), good: tuning(`, "TrainingJobDefinition": {${definition}}`) },
  },
  {
    id: 'sm/tuning-parallel-gt-total',
    level: 'warning',
    title: 'More parallel training jobs than training jobs',
    explanation: '`MaxParallelTrainingJobs` cannot be used up when it is greater than `MaxNumberOfTrainingJobs`.',
    example: {
      frame: 'step',
      bad: tuning(`, "TrainingJobDefinition": {${definition}}`).replace(
        '"MaxNumberOfTrainingJobs": 4',
        '"MaxNumberOfTrainingJobs": 1',
      ),
      good: tuning(`, "TrainingJobDefinition": {${definition}}`),
    },
  },
  {
    id: 'sm/spot-wait',
    level: 'error',
    title: 'Managed spot training that may not wait long enough',
    explanation:
      'With `EnableManagedSpotTraining` the job waits for instances, and `MaxWaitTimeInSeconds` says for how long, its own running time included: it is needed, and is not less than `MaxRuntimeInSeconds` (a day where that is not given). _Invalid MaxWaitTimeInSeconds_',
    example: { frame: 'step', bad: spot(600), good: spot(7200) },
    source: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html',
  },
  {
    id: 'sm/model-containers-and-primary',
    level: 'error',
    title: 'A model with both Containers and PrimaryContainer',
    explanation: 'A model has one `PrimaryContainer`, or a chain of `Containers`.',
    example: { frame: 'step', bad: model(', "Containers": [{"Image": {"Get": "Parameters.Image"}}]'), good: model('') },
  },
  {
    id: 'sm/automl-mode',
    level: 'error',
    title: 'An AutoML mode that a pipeline does not run',
    explanation: 'In a pipeline an AutoML step runs in mode `ENSEMBLING` only.',
    example: { frame: 'step', bad: autoMl('HYPERPARAMETER_TUNING'), good: autoMl('ENSEMBLING') },
  },
  {
    id: 'sm/emr-both-cluster-id-and-config',
    level: 'error',
    title: 'An EMR step with two clusters, or none',
    explanation: 'Give `ClusterId` of a running cluster, or `ClusterConfig` for one that the step starts and ends.',
    example: {
      frame: 'step',
      bad: emr(`, "ClusterId": "j-ABC", "ClusterConfig": {${instances}}`),
      good: emr(', "ClusterId": "j-ABC"'),
    },
  },
  {
    id: 'sm/emr-execution-role-with-config',
    level: 'error',
    title: 'An ExecutionRoleArn with a cluster of the step’s own',
    explanation: '`ExecutionRoleArn` goes with `ClusterId` only.',
    example: {
      frame: 'step',
      bad: emr(`, "ExecutionRoleArn": {"Get": "Parameters.Role"}, "ClusterConfig": {${instances}}`),
      good: emr(`, "ClusterConfig": {${instances}}`),
    },
  },
  {
    id: 'sm/emr-forbidden-cluster-field',
    level: 'error',
    title: 'A member of ClusterConfig that SageMaker sets itself',
    explanation:
      'SageMaker names the cluster, gives it its step and ends it. `Name`, `Steps`, `AutoTerminationPolicy`, `Instances.KeepJobFlowAliveWhenNoSteps` and `Instances.TerminationProtected` are not allowed.',
    example: {
      frame: 'step',
      bad: emr(`, "ClusterConfig": {${instances}, "AutoTerminationPolicy": {"IdleTimeout": 600}}`),
      good: emr(`, "ClusterConfig": {${instances}}`),
    },
  },
  {
    id: 'sm/emr-cluster-instances',
    level: 'error',
    title: 'A ClusterConfig without instances, or with two kinds of them',
    explanation: '`Instances` has either `InstanceGroups` or `InstanceFleets`.',
    example: {
      frame: 'step',
      bad: emr(', "ClusterConfig": {"ReleaseLabel": "emr-6.15.0"}'),
      good: emr(`, "ClusterConfig": {${instances}}`),
    },
  },
  {
    id: 'sm/emrserverless-both-app',
    level: 'error',
    title: 'An EMRServerless step with two applications, or none',
    explanation:
      'Give `ApplicationId` of an application that exists, or `ApplicationConfig` for one that the step makes.',
    example: {
      frame: 'step',
      bad: serverless(', "ApplicationId": "app", "ApplicationConfig": {}'),
      good: serverless(', "ApplicationId": "app"'),
    },
  },
  {
    id: 'sm/lineage-unknown-member',
    level: 'error',
    title: 'An argument that a Lineage step does not have',
    explanation: 'A Lineage step has `Actions`, `Artifacts`, `Contexts` and `Associations`.',
    example: {
      frame: 'step',
      bad: '{"Name": "Note", "Type": "Lineage", "Arguments": {"Artifacts": [], "Action": []}}',
      good: '{"Name": "Note", "Type": "Lineage", "Arguments": {"Artifacts": [], "Actions": []}}',
    },
  },
  {
    id: 'sm/duplicate-input-name',
    level: 'warning',
    title: 'Two inputs or outputs with one name',
    explanation: 'Channels, processing inputs and outputs are told apart by their names.',
    example: {
      frame: 'step',
      bad: processing('').replace(
        '"Outputs": [',
        '"Outputs": [{"OutputName": "counts", "S3Output": {"S3Uri": {"Get": "Parameters.Message"}, "LocalPath": "/opt/ml/processing/b", "S3UploadMode": "EndOfJob"}}, ',
      ),
      good: processing(''),
    },
  },
];

/** What each step's type needs. */
export function checkSpecial(unit: Unit, report: Report): void {
  for (const step of unit.steps) {
    checkNeeds(step, report);
    const args = step.arguments;
    if (args?.kind !== 'object') continue;
    byType[step.type ?? '']?.(args, report);
    checkNames(args, report);
  }
}

const byType = table<(args: Node, report: Report) => void>({
  Lambda: checkFlat,
  Callback: checkFlat,
  Fail: checkFail,
  Training: checkSpot,
  Tuning: checkTuning,
  Model: checkModel,
  AutoML: checkAutoMl,
  EMR: checkEmr,
  EMRServerless: checkServerless,
  Lineage: checkLineage,
  ForEach: checkNewer,
  Cleanup: checkNewer,
});

const needRules: Readonly<Record<string, readonly [rule: string, advice: string, value: unknown]>> = {
  FunctionArn: ['sm/lambda-missing-function-arn', 'Add the ARN of the function beside Arguments.', ''],
  SqsQueueUrl: ['sm/callback-missing-queue', 'Add the URL of the queue beside Arguments.', ''],
  CheckType: ['sm/check-type-missing', 'Add what is checked.', 'DATA_QUALITY'],
};

function checkNeeds(step: Step, report: Report): void {
  const { node, type } = step;
  for (const name of (type === undefined ? undefined : stepTypes[type]?.needs) ?? []) {
    const [rule, advice, value] = needRules[name] ?? [];
    if (rule && advice && !node.get(name))
      missingMember(rule, node, `The ${type ?? ''} step has no ${name}. ${advice}`, name, value, report);
  }
  const kinds = type === undefined ? undefined : checkTypes[type];
  const checkNode = node.get('CheckType');
  if (kinds && checkNode?.text !== undefined && !kinds.includes(checkNode.text)) {
    unknownValue('sm/check-type-invalid', checkNode, `CheckType of a ${type ?? ''} step`, kinds, report);
  }
  const arn = node.get('FunctionArn');
  if (
    type === 'Lambda' &&
    arn?.text !== undefined &&
    (arn.text === '' || !isPlaceholder(arn.text)) &&
    !/^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(arn.text)
  ) {
    report({
      rule: 'sm/lambda-arn-invalid',
      node: arn,
      message: 'This is not the ARN of a Lambda function: arn:aws:lambda:<region>:<account>:function:<name>.',
    });
  }
  const queue = node.get('SqsQueueUrl');
  if (
    type === 'Callback' &&
    queue?.text !== undefined &&
    (queue.text === '' || !isPlaceholder(queue.text)) &&
    !/^https?:\/\/[^/\s]+\/[^/\s]+\/[\w.-]+$/.test(queue.text)
  ) {
    report({
      rule: 'sm/callback-queue-url-invalid',
      node: queue,
      message: 'This is not the URL of a queue: https://sqs.<region>.amazonaws.com/<account>/<name>.',
    });
  }
}

/** Arguments of Lambda and Callback steps: a flat map. */
function checkFlat(args: Node, report: Report): void {
  for (const member of args.members) {
    if (member.kind === 'object') checkScalarObject(member, 'sm/lambda-nested-argument', report, 'a single value');
    else if (member.kind === 'array') {
      report({
        rule: 'sm/lambda-nested-argument',
        node: member,
        message: 'A single value is expected here, not an array. Pass it as one string.',
      });
    }
  }
}

const runtimeByDefault = 86_400;

/** How long a job of managed spot training may wait. */
function checkSpot(args: Node, report: Report): void {
  const condition = args.get('StoppingCondition');
  if (args.get('EnableManagedSpotTraining')?.value !== true || condition?.kind !== 'object' || callOf(condition))
    return;
  const wait = condition.get('MaxWaitTimeInSeconds');
  const runtime = condition.get('MaxRuntimeInSeconds');
  const least = runtime ? runtime.value : runtimeByDefault;
  if (!wait) {
    missingMember(
      'sm/spot-wait',
      condition,
      'Managed spot training needs MaxWaitTimeInSeconds: how long the job may wait and run in all.',
      'MaxWaitTimeInSeconds',
      least ?? runtimeByDefault,
      report,
    );
  } else if (typeof wait.value === 'number' && typeof least === 'number' && wait.value < least) {
    report({
      rule: 'sm/spot-wait',
      node: wait,
      message: `MaxWaitTimeInSeconds includes the running time, and must be at least ${least}${runtime ? ', which is MaxRuntimeInSeconds' : ''}.`,
      fixes: (edit) => [edit.fix(`Change to ${least}`, [edit.value(wait, least)])],
    });
  }
}

function checkFail(args: Node, report: Report): void {
  checkMembers('sm/fail-unknown-member', args, 'A Fail step', ['ErrorMessage'], report, true);
  const message = args.get('ErrorMessage');
  if (!given(message) || message.kind === 'string') return;
  if (message.kind === 'object') {
    checkScalarObject(message, 'sm/fail-error-message-not-string', report, 'a string');
    return;
  }
  report({
    rule: 'sm/fail-error-message-not-string',
    node: message,
    message: `ErrorMessage is a string or a function; this is ${kindOf(message)}.`,
    fixes: (edit) => [
      message.kind === 'array'
        ? undefined
        : edit.fix('Put it in quotes', [edit.value(message, edit.tree.source(message))], true),
    ],
  });
}

function checkTuning(args: Node, report: Report): void {
  const [one, several] = [args.get('TrainingJobDefinition'), args.get('TrainingJobDefinitions')];
  if (!one && !several) {
    missingMember(
      'sm/tuning-no-training-definition',
      args,
      'The Tuning step has no TrainingJobDefinition. Add the training job to tune.',
      'TrainingJobDefinition',
      {},
      report,
    );
  } else if (one && several) {
    both(
      'sm/tuning-no-training-definition',
      args,
      one,
      several,
      'A Tuning step has TrainingJobDefinition or TrainingJobDefinitions, not both.',
      report,
    );
  }
  const limits = args.at('HyperParameterTuningJobConfig', 'ResourceLimits');
  const parallel = limits?.get('MaxParallelTrainingJobs');
  const total = limits?.get('MaxNumberOfTrainingJobs')?.value;
  if (typeof parallel?.value === 'number' && typeof total === 'number' && parallel.value > total) {
    report({
      rule: 'sm/tuning-parallel-gt-total',
      node: parallel,
      message: `${total === 1 ? 'Only 1 job runs' : `Only ${total} jobs run`} in all, so ${parallel.value} cannot run at once.`,
      fixes: (edit) => [edit.fix(`Change to ${total}`, [edit.value(parallel, total)])],
    });
  }
}

function both(rule: string, args: Node, first: Node, second: Node, message: string, report: Report): void {
  report({
    rule,
    node: args,
    mark: 'opening',
    message: `${message} Remove one.`,
    related: [first, second].map((node) => ({
      node,
      mark: 'key' as const,
      message: `'${String(node.key)}' is given here.`,
    })),
    fixes: (edit) => [second, first].map((node) => edit.fix(`Remove '${String(node.key)}'`, [edit.remove(node)])),
  });
}

function checkModel(args: Node, report: Report): void {
  const [containers, primary] = [args.get('Containers'), args.get('PrimaryContainer')];
  if (!containers && !primary) {
    report({
      rule: 'sm/model-containers-and-primary',
      atMost: 'warning',
      node: args,
      mark: 'opening',
      message: 'The model has no container. Add PrimaryContainer, or Containers for several.',
    });
  }
  if (!given(containers) || !given(primary)) return;
  both(
    'sm/model-containers-and-primary',
    args,
    primary,
    containers,
    'A model has PrimaryContainer or Containers, not both.',
    report,
  );
}

function checkAutoMl(args: Node, report: Report): void {
  const mode = args.at('AutoMLJobConfig', 'Mode');
  if (mode?.text === undefined || mode.text === 'ENSEMBLING') return;
  report({
    rule: 'sm/automl-mode',
    node: mode,
    message: 'In a pipeline an AutoML step runs in mode ENSEMBLING only.',
    fixes: (edit) => [edit.fix("Change to 'ENSEMBLING'", [edit.value(mode, 'ENSEMBLING')], true)],
  });
}

function checkEmr(args: Node, report: Report): void {
  const [id, config, role] = [args.get('ClusterId'), args.get('ClusterConfig'), args.get('ExecutionRoleArn')];
  if (given(id) && given(config)) {
    both(
      'sm/emr-both-cluster-id-and-config',
      args,
      id,
      config,
      'An EMR step has ClusterId or ClusterConfig, not both.',
      report,
    );
  } else if (!id && !config) {
    report({
      rule: 'sm/emr-both-cluster-id-and-config',
      node: args,
      mark: 'opening',
      message: 'The EMR step has no cluster. Add ClusterId of a running one, or ClusterConfig for one of its own.',
    });
  }
  if (config?.kind !== 'object') return;
  if (given(role)) {
    report({
      rule: 'sm/emr-execution-role-with-config',
      node: role,
      mark: 'key',
      message: 'ExecutionRoleArn goes with ClusterId only. Remove it.',
      fixes: (edit) => [edit.fix("Remove 'ExecutionRoleArn'", [edit.remove(role)])],
    });
  }
  const instances = config.get('Instances');
  const forbidden = [
    ...['Name', 'Steps', 'AutoTerminationPolicy'].map((name) => config.get(name)),
    ...['KeepJobFlowAliveWhenNoSteps', 'TerminationProtected'].map((name) => instances?.get(name)),
  ];
  for (const node of forbidden) {
    if (!node) continue;
    report({
      rule: 'sm/emr-forbidden-cluster-field',
      node,
      mark: 'key',
      message: `SageMaker sets '${String(node.key)}' itself. Remove it.`,
      fixes: (edit) => [edit.fix(`Remove '${String(node.key)}'`, [edit.remove(node)], true)],
    });
  }
  const [groups, fleets] = [instances?.get('InstanceGroups'), instances?.get('InstanceFleets')];
  if (instances && (instances.kind !== 'object' || given(groups) !== given(fleets))) return;
  report({
    rule: 'sm/emr-cluster-instances',
    node: instances ?? config,
    mark: 'opening',
    message: 'The cluster needs Instances with either InstanceGroups or InstanceFleets.',
  });
}

function checkServerless(args: Node, report: Report): void {
  const [id, config] = [args.get('ApplicationId'), args.get('ApplicationConfig')];
  if (given(id) && given(config)) {
    both(
      'sm/emrserverless-both-app',
      args,
      id,
      config,
      'An EMRServerless step has ApplicationId or ApplicationConfig, not both.',
      report,
    );
  } else if (!id && !config) {
    report({
      rule: 'sm/emrserverless-both-app',
      node: args,
      mark: 'opening',
      message: 'The EMRServerless step has no application. Add ApplicationId or ApplicationConfig.',
    });
  }
}

function checkLineage(args: Node, report: Report): void {
  const allowed = stepTypes['Lineage']?.members ?? [];
  for (const member of args.members) {
    if (!allowed.includes(String(member.key)))
      unknownMember('sm/lineage-unknown-member', member, 'A Lineage step', allowed, report);
  }
}

/** Types that are so new that what they take may have grown: never an error. */
function checkNewer(args: Node, report: Report): void {
  const type = args.parent?.get('Type')?.text ?? '';
  const { members = [], required } = stepTypes[type] ?? { required: [] };
  checkMembers('sm/arguments-unknown-member', args, `A ${type} step`, members, (finding) =>
    report({ ...finding, atMost: 'warning' }),
  );
  for (const name of required) {
    if (args.get(name)) continue;
    missingMember('sm/arguments-missing-member', args, `A ${type} step needs '${name}'. Add it.`, name, [], report);
  }
}

/** Channels, inputs and outputs with the same name. */
function checkNames(args: Node, report: Report): void {
  checkNamesIn(args.get('InputDataConfig'), 'ChannelName', report);
  checkNamesIn(args.get('ProcessingInputs'), 'InputName', report);
  checkNamesIn(args.get('ProcessingOutputConfig')?.get('Outputs'), 'OutputName', report);
  checkNamesIn(args.get('TrainingJobDefinition')?.get('InputDataConfig'), 'ChannelName', report);
  checkNamesIn(args.get('ProductionVariants'), 'VariantName', report);
  checkNamesIn(args.get('Containers'), 'ContainerHostname', report);
}

function checkNamesIn(list: Node | undefined, member: string, report: Report): void {
  if (!list || list.items.length < 2) return;
  const named: { name: string; nameNode: Node }[] = [];
  for (const item of list.items) {
    const nameNode = item.get(member);
    if (nameNode?.text !== undefined) named.push({ name: nameNode.text, nameNode });
  }
  checkUnique(
    'sm/duplicate-input-name',
    named,
    (name) => `The ${member} '${name}' is there already. Rename one.`,
    report,
  );
}
