// Writes src/local/generated/service-model.json: what the operations of the embedded control plane take and
// give, as names, types and limits (no documentation), from the public service models that botocore carries
// (Apache-2.0). Run it by hand when an operation is added:
//
//   pip install botocore; node scripts/make-service-model.mjs <folder of botocore>/data
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const data = process.argv[2];
if (!data) throw new Error('Give the folder of the service models: <folder of botocore>/data');

/** The operations, by service. `Create…Job` are not offered; their requests are the arguments of steps. */
const operations = {
  sagemaker: [
    'CreatePipeline UpdatePipeline DeletePipeline DescribePipeline ListPipelines ListPipelineVersions',
    'UpdatePipelineVersion StartPipelineExecution StopPipelineExecution RetryPipelineExecution',
    'UpdatePipelineExecution DescribePipelineExecution ListPipelineExecutions ListPipelineExecutionSteps',
    'ListPipelineParametersForExecution DescribePipelineDefinitionForExecution',
    'CreateTrainingJob DescribeTrainingJob ListTrainingJobs CreateProcessingJob DescribeProcessingJob',
    'ListProcessingJobs CreateModelPackageGroup DescribeModelPackageGroup ListModelPackageGroups',
    'DeleteModelPackageGroup CreateModelPackage DescribeModelPackage ListModelPackages UpdateModelPackage',
    'DeleteModelPackage BatchDescribeModelPackage AddTags ListTags DeleteTags',
  ],
  logs: ['DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents'],
};

function readModel(service) {
  const versions = readdirSync(join(data, service)).sort();
  const folder = join(data, service, versions.at(-1));
  const packed = join(folder, 'service-2.json.gz');
  const text = existsSync(packed) ? gunzipSync(readFileSync(packed)) : readFileSync(join(folder, 'service-2.json'));
  return JSON.parse(text);
}

/** A pattern that JavaScript can compile, or nothing: a limit we cannot state is not checked. */
function pattern(text) {
  if (text === undefined) return undefined;
  try {
    return new RegExp(`^(?:${text})$`, 'us').source.length > 0 ? text : undefined;
  } catch {
    return undefined;
  }
}

const model = {};
for (const [service, names] of Object.entries(operations)) {
  const source = readModel(service);
  const shapes = {};
  const keep = (name) => {
    if (shapes[name]) return name;
    const { type, min, max, enum: values, required, members, member, key, value, pattern: text } = source.shapes[name];
    const shape = { type };
    shapes[name] = shape;
    if (min !== undefined) shape.min = min;
    if (max !== undefined) shape.max = max;
    const limit = pattern(text);
    if (limit !== undefined && limit !== '.*') shape.pattern = limit;
    if (values) shape.enum = values;
    if (required?.length > 0) shape.required = required;
    if (members) {
      shape.members = {};
      for (const [label, { shape: target }] of Object.entries(members)) shape.members[label] = keep(target);
    }
    if (member) shape.member = keep(member.shape);
    if (key) [shape.key, shape.value] = [keep(key.shape), keep(value.shape)];
    return name;
  };
  model[service] = { operations: {}, shapes };
  for (const name of names.join(' ').split(' ')) {
    const { input, output } = source.operations[name];
    // Answers are ours to give: only the requests are needed, and what a reference can reach.
    model[service].operations[name] = { input: keep(input.shape) };
    if (/^Describe.*(Job|Package)$/.test(name)) model[service].operations[name].output = keep(output.shape);
  }
}
const target = fileURLToPath(new URL('../src/local/generated/service-model.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(model)}\n`);
console.log(`${target}: ${(JSON.stringify(model).length / 1024).toFixed(0)} KB`);
