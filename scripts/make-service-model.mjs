// Writes src/local/generated/<service>.json: what the operations of the embedded control plane take and give, as
// names, types, limits and places on the wire (no documentation), from the public service models that botocore
// carries (Apache-2.0). Run it by hand when an operation is added:
//
//   pip install botocore; node scripts/make-service-model.mjs <folder of botocore>/data
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const data = process.argv[2];
if (!data) throw new Error('Give the folder of the service models: <folder of botocore>/data');

/** The operations, by service. */
const operations = {
  sagemaker: [
    'CreatePipeline UpdatePipeline DeletePipeline DescribePipeline ListPipelines ListPipelineVersions',
    'UpdatePipelineVersion StartPipelineExecution StopPipelineExecution RetryPipelineExecution',
    'UpdatePipelineExecution DescribePipelineExecution ListPipelineExecutions ListPipelineExecutionSteps',
    'ListPipelineParametersForExecution DescribePipelineDefinitionForExecution',
    'CreateTrainingJob DescribeTrainingJob ListTrainingJobs StopTrainingJob',
    'CreateProcessingJob DescribeProcessingJob ListProcessingJobs StopProcessingJob',
    'CreateModel DescribeModel ListModels DeleteModel',
    'CreateModelPackageGroup DescribeModelPackageGroup ListModelPackageGroups',
    'DeleteModelPackageGroup CreateModelPackage DescribeModelPackage ListModelPackages UpdateModelPackage',
    'DeleteModelPackage BatchDescribeModelPackage AddTags ListTags DeleteTags',
  ],
  logs: ['DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents'],
  s3: [
    'ListBuckets CreateBucket HeadBucket DeleteBucket GetBucketLocation ListObjects ListObjectsV2 DeleteObjects',
    'PutObject CopyObject GetObject HeadObject DeleteObject ListObjectVersions',
    'CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload',
  ],
  sts: ['GetCallerIdentity'],
  iam: ['GetRole ListRoles SimulatePrincipalPolicy'],
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

/** How a member is written, where that is not by its own name in the body. */
function binding(label, { location, locationName, flattened }) {
  const found = {};
  if (location) found.location = location;
  if (locationName && locationName !== label) found.name = locationName;
  if (flattened) found.flattened = true;
  return Object.keys(found).length > 0 ? found : undefined;
}

function shapeOf(source, keep, isXml) {
  const { type, min, max, enum: values, required, members, member, key, value, pattern: text } = source;
  const shape = { type: type === 'character' ? 'string' : type };
  if (min !== undefined) shape.min = min;
  if (max !== undefined) shape.max = max;
  const limit = pattern(text);
  if (limit !== undefined && limit !== '.*') shape.pattern = limit;
  if (values) shape.enum = values;
  if (required?.length > 0) shape.required = required;
  if (source.payload) shape.payload = source.payload;
  if (source.flattened) shape.flattened = true;
  if (source.timestampFormat) shape.timestampFormat = source.timestampFormat;
  if (members) {
    shape.members = {};
    const bindings = {};
    for (const [label, reference] of Object.entries(members)) {
      shape.members[label] = keep(reference.shape);
      const found = binding(label, reference);
      if (found && (found.location || isXml)) bindings[label] = found;
    }
    if (Object.keys(bindings).length > 0) shape.bindings = bindings;
  }
  if (member) {
    shape.member = keep(member.shape);
    if (isXml && member.locationName) shape.memberName = member.locationName;
  }
  if (key) [shape.key, shape.value] = [keep(key.shape), keep(value.shape)];
  return shape;
}

/** Headers and query parameters (with a question mark) that a request of this shape must have. */
function needs(shape) {
  return (shape?.required ?? []).flatMap((label) => {
    const { location, locationName = label } = shape.members[label];
    if (location === 'header') return [locationName.toLowerCase()];
    return location === 'querystring' ? [`?${locationName}`] : [];
  });
}

const folder = fileURLToPath(new URL('../src/local/generated/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [service, names] of Object.entries(operations)) {
  const source = readModel(service);
  const isRest = source.metadata.protocol.startsWith('rest');
  const isXml = source.metadata.protocol !== 'json';
  const shapes = {};
  const keep = (name) => {
    if (!shapes[name]) {
      shapes[name] = {};
      Object.assign(shapes[name], shapeOf(source.shapes[name], keep, isXml));
    }
    return name;
  };
  const model = { operations: {}, shapes };
  if (source.metadata.xmlNamespace) model.xmlNamespace = source.metadata.xmlNamespace;
  for (const name of names.join(' ').split(' ')) {
    const { input, output, http } = source.operations[name];
    const operation = {};
    if (input) operation.input = keep(input.shape);
    if (output) operation.output = keep(output.shape);
    if (isRest) {
      operation.http = { method: http.method, uri: http.requestUri };
      if (http.responseCode) operation.http.status = http.responseCode;
    }
    model.operations[name] = operation;
  }
  // S3 takes any text here, and its clients send what they like.
  if (shapes.Expires) shapes.Expires = { type: 'string' };
  if (isRest) {
    model.routes = {};
    for (const [name, { http, input }] of Object.entries(source.operations)) {
      model.routes[name] = [`${http.method} ${http.requestUri}`, ...needs(source.shapes[input?.shape])];
    }
  }
  writeFileSync(join(folder, `${service}.json`), `${JSON.stringify(model)}\n`);
  console.log(`${service}: ${(JSON.stringify(model).length / 1024).toFixed(0)} KB`);
}
