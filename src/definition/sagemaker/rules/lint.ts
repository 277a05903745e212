/** What SageMaker accepts and people regret: secrets, images that change, values that should be parameters. */
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import type { Node } from '../../tree';
import type { Step, Unit } from '../model';
import { stepLists, stepTypes } from '../vocabulary';
import { isOnLocal } from './places';
import { shorten } from './patterns';
import { isStarred } from './tools';

const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/train';
const pinned = `${image}@sha256:${'0a'.repeat(32)}`;
const model = (value: string, more = ''): string =>
  `{"Name": "Make", "Type": "Model", "Arguments": {${more}"PrimaryContainer": {"Image": ${value}}}}`;
const training = (more: string, members = ''): string =>
  `{"Name": "Train", "Type": "Training", ${members}"Arguments": {"AlgorithmSpecification": {"TrainingImage": {"Get": "Parameters.Image"}, "TrainingInputMode": "File"}, "OutputDataConfig": {"S3OutputPath": {"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}}, ${more}"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}}`;
const cache = '"CacheConfig": {"Enabled": true, "ExpireAfter": "P30D"}, ';
const output = (path: string): string =>
  training('').replace('{"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs[\'train\'].S3Output.S3Uri"}', path);

export const lintRules: readonly Rule[] = [
  {
    id: 'sm/secret-in-environment',
    level: 'warning',
    title: 'A secret in an environment variable or hyperparameter',
    explanation:
      'Whoever may describe the pipeline or the job can read it. Keep secrets in AWS Secrets Manager and pass the name.',
    example: {
      frame: 'step',
      bad: training('"Environment": {"DB_PASSWORD": "hunter2"}, '),
      good: training('"Environment": {"DB_PASSWORD_NAME": "prod/db"}, '),
    },
  },
  {
    id: 'sm/account-id-hardcoded',
    level: 'hint',
    title: 'An account number in the definition',
    explanation:
      'A definition with the number of an account works in that account only. Take the role or bucket from a parameter.',
    example: {
      frame: 'step',
      bad: model('{"Get": "Parameters.Image"}', '"ExecutionRoleArn": "arn:aws:iam::111122223333:role/Train", '),
      good: model('{"Get": "Parameters.Image"}', '"ExecutionRoleArn": {"Get": "Parameters.Role"}, '),
    },
  },
  {
    id: 'sm/image-tag-latest',
    level: 'warning',
    title: 'An image by the tag latest',
    explanation:
      'What `latest` names changes, so two executions of one definition may run different code. Name a version or a digest.',
    example: { frame: 'step', bad: model(`"${image}:latest"`), good: model(`"${pinned}"`) },
  },
  {
    id: 'sm/image-not-pinned',
    level: 'hint',
    title: 'An image by tag, not by digest',
    explanation: 'A tag can be moved to another image; a digest (`@sha256:…`) cannot.',
    example: { frame: 'step', bad: model(`"${image}:1.0"`), good: model(`"${pinned}"`) },
  },
  {
    id: 'sm/no-retry-policy',
    level: 'off',
    title: 'A step without a retry policy',
    explanation: 'A retry policy gets a step over throttling and lack of capacity.',
    example: {
      frame: 'step',
      bad: training(''),
      good: training('', '"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 3}], '),
    },
  },
  {
    id: 'sm/no-cache',
    level: 'off',
    title: 'A step that could be cached and is not',
    explanation: 'With `CacheConfig` a step with the same arguments is not run again.',
    example: { frame: 'step', bad: training(''), good: training('', cache) },
  },
  {
    id: 'sm/cache-defeating-timestamp',
    level: 'information',
    title: 'A time in the arguments of a cached step',
    explanation:
      'The cache compares arguments. A name or prefix with a time is new with each definition, so the result is never found again.',
    example: {
      frame: 'step',
      bad: training('"Environment": {"RUN": "train-2026-11-22-10-49-58-112"}, ', cache),
      good: training('"Environment": {"RUN": "train"}, ', cache),
    },
  },
  {
    id: 'sm/profiler-defeats-cache',
    level: 'information',
    title: 'A profiler in a cached step',
    explanation:
      'The SDK puts a new time into `ProfilerConfig`, so that the result is never found in the cache. Disable the profiler.',
    example: {
      frame: 'step',
      bad: training('"ProfilerConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}, ', cache),
      good: training('"ProfilerConfig": {"DisableProfiler": true}, ', cache),
    },
  },
  {
    id: 'sm/missing-display-name',
    level: 'off',
    title: 'A step without a display name',
    explanation: 'The display name is what people see in the graph.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "DisplayName": "Stop here", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/literal-instance-type',
    level: 'hint',
    title: 'An instance type written into a step',
    explanation: 'As a parameter it can be chosen for each execution, and differ between development and production.',
    example: {
      frame: 'step',
      bad: training('"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}, '),
      good: training(
        '"ResourceConfig": {"InstanceType": {"Get": "Parameters.InstanceType"}, "InstanceCount": 1, "VolumeSizeInGB": 10}, ',
      ),
    },
  },
  {
    id: 'sm/placeholder-left',
    level: 'warning',
    title: 'A placeholder that was to be replaced',
    explanation: 'SageMaker does not replace `<YOUR_BUCKET>` or `${Bucket}`. Write the value, or refer to a parameter.',
    example: { frame: 'step', bad: output('"s3://<YOUR_BUCKET>"'), good: output('{"Get": "Parameters.Message"}') },
  },
  {
    id: 'sm/output-path-without-execution-id',
    level: 'hint',
    title: 'An output path that all executions share',
    explanation:
      'Each execution overwrites what the one before it wrote. Join `Execution.PipelineExecutionId` into the path.',
    example: {
      frame: 'step',
      bad: output('"s3://bucket/models"'),
      good: output(
        '{"Std:Join": {"On": "/", "Values": ["s3://bucket/models", {"Get": "Execution.PipelineExecutionId"}]}}',
      ),
    },
  },
];

/** What was told of the arguments of cached steps. */
interface Cached {
  /** Of times in names that the SageMaker SDK makes one is enough: their author cannot write them otherwise, one by one. */
  isToldOfSdk: boolean;
}

/** Every lint of one unit: one walk over its texts. */
export function checkLint(unit: Unit, report: Report): void {
  const cached: Cached = { isToldOfSdk: false };
  for (const step of unit.steps) {
    const isCached = step.node.at('CacheConfig', 'Enabled')?.value === true;
    checkMissing(step, report);
    const { arguments: args } = step;
    if (args?.kind !== 'object') continue;
    if (isCached) checkProfiler(args, report);
    for (const member of args.members) {
      // Steps in branches are looked at as steps of their own.
      if (stepLists[step.type ?? '']?.[String(member.key)]) continue;
      checkText(member, isCached ? cached : undefined, report);
      // What a function or a worker is given stands in the definition for all to read, too.
      if (stepTypes[step.type ?? '']?.kind === 'free' && member.text !== undefined)
        checkSecret(member, member.text.slice(0, looked), String(member.key), report);
    }
  }
}

const jobTypes = /^(Training|Processing|Transform|Tuning|AutoML)$/;

function checkMissing({ type, node, nameNode }: Step, report: Report): void {
  if (!nameNode || type === undefined) return;
  if (jobTypes.test(type) && !node.get('RetryPolicies'))
    report({ rule: 'sm/no-retry-policy', node: nameNode, message: 'The step has no RetryPolicies.' });
  if (jobTypes.test(type) && !node.get('CacheConfig'))
    report({ rule: 'sm/no-cache', node: nameNode, message: 'The step has no CacheConfig.' });
  if (!node.get('DisplayName'))
    report({ rule: 'sm/missing-display-name', node: nameNode, message: 'The step has no DisplayName.' });
}

function checkProfiler(args: Node, report: Report): void {
  const profiler = args.get('ProfilerConfig');
  if (profiler?.kind !== 'object' || profiler.get('DisableProfiler')?.value === true) return;
  report({
    rule: 'sm/profiler-defeats-cache',
    node: profiler,
    mark: 'key',
    message: 'A profiler makes the arguments new each time, so the cached result is never found. Disable it.',
  });
}

/** Texts that only a program in the container reads; what looks like a placeholder may be a variable of a shell. */
const shellPlaces: ReadonlySet<unknown> = new Set([
  'ContainerEntrypoint',
  'ContainerArguments',
  'HyperParameters',
  'Environment',
  'Args',
]);

function checkText(node: Node, cached: Cached | undefined, report: Report, isShell = false): void {
  if (node.kind === 'string') {
    checkString(node, node.text ?? '', cached, isShell, report);
    return;
  }
  if (node.kind !== 'object' && node.kind !== 'array') return;
  if (node.children[0]?.key === 'Get') return;
  const inShell = isShell || shellPlaces.has(node.key);
  for (const child of node.children) checkText(child, cached, report, inShell);
}

const time = /\d{4}-?\d\d-?\d\d[-T_]?\d\d[-:]?\d\d[-:]?\d\d/;
/** The end of the names that the SageMaker SDK makes. */
const sdkTime = /-\d{4}(?:-\d\d){5}-\d{3}(?!\d)/;
/** What every placeholder has; most texts have none of it. */
const suspicious = /[<{]|TODO|YOUR|CHANGE|REPLACE/i;
const shellPlaceholder = /<(YOUR|INSERT|REPLACE|ENTER)[^>]*>|\b(CHANGE_?ME|REPLACE_?ME)\b/i;
const placeholder =
  /<[A-Za-z][\w .-]*>|\$\{[^}]*\}|\{\{[^}]*\}\}|\bTODO\b|\bYOUR[-_][A-Z][\w-]*|\b(CHANGE_?ME|REPLACE_?ME)\b/i;

/** Of a longer text only the beginning is looked at: some patterns take the square of its length. */
const looked = 4096;

function checkString(node: Node, whole: string, cached: Cached | undefined, isShell: boolean, report: Report): void {
  const value = whole.length > looked ? whole.slice(0, looked) : whole;
  const place = String(typeof node.key === 'number' ? (node.parent?.key ?? '') : node.key);
  if (isShell) checkSecret(node, value, place, report);
  if ((suspicious.test(value) && (isShell ? shellPlaceholder : placeholder).test(value)) || isStarred(value)) {
    report({
      rule: 'sm/placeholder-left',
      node,
      message: `'${shorten(value)}' still has a placeholder. Write the value, or refer to a parameter.`,
    });
    return;
  }
  if (isOwnAccount(value) && !isOnLocal(value) && /:\d{12}:|^s3:\/\/[^/]*\d{12}/.test(value)) {
    report({
      rule: 'sm/account-id-hardcoded',
      node,
      message: 'This is the number of an account. With a parameter, the definition works in any account.',
    });
  }
  const isOfSdk = sdkTime.test(value);
  if (cached && time.test(value) && !(isOfSdk && cached.isToldOfSdk)) {
    cached.isToldOfSdk ||= isOfSdk;
    report({
      rule: 'sm/cache-defeating-timestamp',
      node,
      message: 'A time in the arguments of a cached step: its result is never found again. Leave the time out.',
    });
  }
  byPlace[place]?.(node, value, report);
}

function isOwnAccount(value: string): boolean {
  return value.startsWith('arn:') || value.startsWith('s3://');
}

/**
 * The images that SageMaker itself offers, by their repositories: of its frameworks, built-in algorithms and monitors
 * (https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html). The SDK names
 * them by version, or without a tag where AWS documents them so.
 */
const ofAws =
  /^\d{12}\.dkr\.ecr\.[\w.-]+\/(?:sagemaker-[\w-]+|(?:autogluon|djl|huggingface|mxnet|pytorch|stabilityai|tensorflow)-[\w-]+|blazingtext|factorization-machines|forecasting-deepar|image-classification|ipinsights|kmeans|knn|lda|linear-learner|ntm|object-detection|object2vec|pca|randomcutforest|semantic-segmentation|seq2seq|xgboost)(?::|$)/;

function isOfAws(image: string): boolean {
  return ofAws.test(image);
}

const byPlace = table<(node: Node, value: string, report: Report) => void>({
  Image: checkImage,
  TrainingImage: checkImage,
  ImageUri: checkImage,
  InstanceType: checkInstance,
  S3OutputPath: checkOutput,
  S3Uri: (node, value, report) => {
    if (node.parent?.key === 'S3Output') checkOutput(node, value, report);
  },
});

function checkImage(node: Node, value: string, report: Report): void {
  // That nothing is named at all is told by another rule.
  if (value === '' || value.includes('@sha256:') || value.includes('://') || isOfAws(value)) return;
  const tag = /:([^/:]+)$/.exec(value.trim())?.[1];
  if (tag === undefined || tag === 'latest') {
    report({
      rule: 'sm/image-tag-latest',
      node,
      message: `${tag ? 'The tag latest names' : 'Without a tag this names latest, that is'} another image from time to time. Name a version or a digest.`,
    });
  } else {
    report({
      rule: 'sm/image-not-pinned',
      node,
      message: `The tag '${tag}' can be moved to another image. A digest (@sha256:…) cannot.`,
    });
  }
}

function checkInstance(node: Node, value: string, report: Report): void {
  if (!value.startsWith('ml.')) return;
  report({
    rule: 'sm/literal-instance-type',
    node,
    message: 'As a parameter, the instance type can be chosen for each execution.',
  });
}

function checkOutput(node: Node, value: string, report: Report): void {
  if (!value.startsWith('s3://') || isOnLocal(value)) return;
  report({
    rule: 'sm/output-path-without-execution-id',
    node,
    message: 'Each execution writes to the same place. Join Execution.PipelineExecutionId into the path.',
  });
}

const secretWord = /secret|passw|pwd|token|key|credential/i;
const secretName =
  /(^|[_-])(secret|passwd|password|pwd|token|api[_-]?key|secret[_-]?(access[_-]?)?key|access[_-]?key([_-]?id)?|private[_-]?key|credentials?)$/i;
const secretValue =
  /\b[a-z][a-z0-9+]{0,20}:\/\/[^\s/:@]{1,80}:[^\s/@{}$<]{3,80}@|\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-[\w-]{10,}/;
/** As long as `a://b:cde@` is; most values are shorter, and no pattern looks at them. */
const shortestSecret = 10;

function checkSecret(node: Node, value: string, place: string, report: Report): void {
  const named =
    secretWord.test(place) &&
    secretName.test(place.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')) &&
    value.length > 3 &&
    !/^(arn:|ssm:|\/|true|false|none|null)/i.test(value);
  if (!named && (value.length < shortestSecret || !secretValue.test(value))) return;
  report({
    rule: 'sm/secret-in-environment',
    node,
    message:
      'This looks like a secret, and whoever may describe the pipeline can read it. Keep it in AWS Secrets Manager and pass its name.',
  });
}
