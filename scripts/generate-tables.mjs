// Derives what the services accept and answer from the AWS SDK's own models, and writes it to
// src/definition/generated/: shapes.json (members, required members, enums of every job-step's arguments and of the
// Describe responses that references read), documentation.json (the first sentence about each member) and
// operations.json (what SageMaker can be asked for).
//
//   node scripts/generate-tables.mjs [--out FOLDER]
//
// The structure of the shapes comes from the runtime schemas of the packages, which member has which enum and what a
// member is for from their .d.ts. Whether a number is an integer, ranges and patterns are not in the packages: those
// come from scripts/generate-limits.mjs.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const outAt = process.argv.indexOf('--out');
const out = outAt > 0 ? process.argv[outAt + 1] : join(root, 'src', 'definition', 'generated');
const require = createRequire(import.meta.url);

/** A step type's arguments and the response that its properties come from, by the names of the service's structures. */
const steps = {
  sagemaker: {
    Training: ['CreateTrainingJobRequest', 'DescribeTrainingJobResponse'],
    Processing: ['CreateProcessingJobRequest', 'DescribeProcessingJobResponse'],
    Transform: ['CreateTransformJobRequest', 'DescribeTransformJobResponse'],
    Tuning: [
      'CreateHyperParameterTuningJobRequest',
      'DescribeHyperParameterTuningJobResponse',
      'ListTrainingJobsForHyperParameterTuningJobResponse',
    ],
    Model: ['CreateModelInput', 'DescribeModelOutput'],
    RegisterModel: ['CreateModelPackageInput', 'DescribeModelPackageOutput'],
    AutoML: ['CreateAutoMLJobRequest', 'DescribeAutoMLJobResponse'],
    EndpointConfig: ['CreateEndpointConfigInput', 'DescribeEndpointConfigOutput'],
    Endpoint: ['CreateEndpointInput', 'DescribeEndpointOutput'],
    InferenceComponent: ['CreateInferenceComponentInput', 'DescribeInferenceComponentOutput'],
    Job: ['CreateJobRequest', 'DescribeJobResponse'],
  },
  emr: { EMR: ['RunJobFlowInput', 'Step'], EMRStep: ['StepConfig'] },
  'emr-serverless': {
    EMRServerless: ['StartJobRunRequest', 'JobRun'],
    EMRServerlessApplication: ['CreateApplicationRequest'],
  },
  bedrock: {
    BedrockCustomModel: ['CreateModelCustomizationJobRequest', 'GetCustomModelResponse', 'CreateCustomModelRequest'],
    BedrockCustomModelDeployment: ['CreateCustomModelDeploymentRequest', 'GetCustomModelDeploymentResponse'],
    BedrockModelImport: ['CreateModelImportJobRequest', 'GetImportedModelResponse'],
    BedrockProvisionedModelThroughput: [
      'CreateProvisionedModelThroughputRequest',
      'GetProvisionedModelThroughputResponse',
    ],
  },
};

const structures = {};
const enums = {};
const documentation = {};
const types = {};

for (const [service, list] of Object.entries(steps)) {
  const reader = await readService(service);
  for (const [type, names] of Object.entries(list)) types[type] = names.map((name) => reader.structure(name));
}

mkdirSync(out, { recursive: true });
write('shapes.json', { types, structures: sorted(structures), enums: sorted(enums) });
write('documentation.json', sorted(documentation));
write('operations.json', await operations('sagemaker'));

function write(name, value) {
  writeFileSync(join(out, name), `${JSON.stringify(value, undefined, 1)}\n`);
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The structures of one service. Names of services other than SageMaker get a prefix, since they may be the same. */
async function readService(service) {
  const name = `@aws-sdk/client-${service}`;
  const sdk = await import(name);
  const declared = declarations(dirname(require.resolve(`${name}/package.json`)));
  const prefix = service === 'sagemaker' ? '' : `${service}:`;
  // A member of a Bedrock request is written with a capital in a pipeline.
  const memberName = service === 'bedrock' ? (text) => text[0].toUpperCase() + text.slice(1) : (text) => text;

  const structure = (shortName) => {
    const key = prefix + shortName;
    if (structures[key]) return key;
    const schema = sdk[`${shortName}$`];
    if (!schema) throw new Error(`${name} has no structure ${shortName}.`);
    const [, , , , names, shapes, required = 0] = schema;
    const entry = { r: required, m: {} };
    structures[key] = entry;
    names.forEach((member, index) => {
      const declaration = declared.get(shortName)?.get(member);
      entry.m[memberName(member)] = type(shapes[index], declaration?.type);
      if (declaration?.text) (documentation[key] ??= {})[memberName(member)] = declaration.text;
    });
    return key;
  };

  /**
   * One shape as text: s string, n number, b boolean, t timestamp, a anything, `.Name` structure, `=Name` string of
   * an enum, `[` a list of what follows, `{` a map of what follows.
   */
  const type = (reference, declared = '') => {
    const shape = Array.isArray(reference) && typeof reference[0] === 'function' ? reference[0] : reference;
    const schema =
      typeof shape === 'function' ? shape() : Array.isArray(shape) && shape.length === 2 ? shape[0] : shape;
    if (typeof schema === 'number') return simple(schema, declared);
    const [kind, , shortName, , ...rest] = schema;
    if (kind === 0) return simple(typeof rest[0] === 'number' ? rest[0] : 0, declared);
    if (kind === 1) return `[${type(rest[0], element(declared))}`;
    if (kind === 2) return `{${type(rest[1], element(declared))}`;
    return `.${structure(shortName)}`;
  };

  const simple = (code, declared) => {
    if (code >= 128) return `{${simple(code - 128, element(declared))}`;
    if (code >= 64) return `[${simple(code - 64, element(declared))}`;
    if (code === 1 || code === 17 || code === 19) return 'n';
    if (code === 2) return 'b';
    if (code >= 4 && code <= 7) return 't';
    if (code === 15) return 'a';
    const values = /^\w+$/.test(declared) ? sdk[declared] : undefined;
    if (!values || typeof values !== 'object' || Array.isArray(values)) return 's';
    enums[prefix + declared] ??= Object.values(values);
    return `=${prefix}${declared}`;
  };

  return { structure };
}

/** The names of all operations of a service. */
async function operations(service) {
  const sdk = await import(`@aws-sdk/client-${service}`);
  return Object.keys(sdk)
    .flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? [])
    .sort();
}

/** What a declared list or map holds: `X` of `X[]` and of `Partial<Record<K, X>>`. */
function element(declared) {
  return /^(\w+)\[\]$/.exec(declared)?.[1] ?? /^(?:Partial<)?Record<\w+, (\w+)>/.exec(declared)?.[1] ?? '';
}

/** Members of every interface in the package's .d.ts: their declared type and the first sentence about them. */
function declarations(folder) {
  const interfaces = new Map();
  for (const file of globSync('dist-types/models/*.d.ts', { cwd: folder })) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name, body] of text.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
      const members = new Map();
      for (const [, doc, member, type] of body.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s+)?^ {4}(\w+)\??: ([^\n]+);$/gm)) {
        members.set(member, { type: type.replace(/ \| undefined$/, ''), text: firstSentence(doc ?? '') });
      }
      interfaces.set(name, members);
    }
  }
  return interfaces;
}

function firstSentence(doc) {
  const text = doc
    .replaceAll(/^\s*\*\s?/gm, ' ')
    .replaceAll(/@\w+[^@]*$/g, '')
    .replaceAll(/<code>\s*(.*?)\s*<\/code>/g, '`$1`')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/&nbsp;|\s+/g, ' ')
    .replaceAll(/(?<=[a-z])\.(?=(The|If|This|When|You) )/g, '. ')
    .trim();
  // What a sentence leads to with a colon is a list that is left out.
  const sentence = /^.*?[.:](?= [A-Z]|$)/.exec(text)?.[0].replace(/, including the following[^.]*:$/, '.') ?? text;
  return sentence.length > 240 ? `${sentence.slice(0, 237)}…` : sentence;
}
