// Makes every table that follows from the services' own models (scripts/service-models):
//
//   src/definition/generated/shapes.json         arguments and properties of pipeline steps
//   src/definition/generated/documentation.json  the first sentence about each member of those
//   src/definition/generated/codepipeline.json   the declaration of a pipeline of CodePipeline
//   src/definition/generated/services/           requests and answers that Step Functions integrates, a file a service
//   src/definition/generated/actions.json        what can be asked of every service, for `aws-sdk:*`
//   src/definition/generated/runtimes.json      the runtimes of CodeBuild's images
//   src/definition/generated/events.json         the events that services send, and the metrics that alarms watch
//   src/local/generated/                         what the embedded control plane speaks, a file a service
//   src/aws/generated/regions.json               the regions and their names
//
//   node scripts/generate-tables.mjs [--check]
//
// With --check nothing is written; the exit code is 1 where a table is not what the models say. Each folder's
// source.json says what it was made from, so that a test can tell without the models that it is out of date.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompactTable, sorted } from './service-models/compact.mjs';
import { readRuntimes } from './service-models/images.mjs';
import { events, integrated, local, namespaces, pipelineSteps } from './service-models/selection.mjs';
import { readModel, readRegions, services, source } from './service-models/source.mjs';
import { readEvents, readMetrics, source as specification } from './service-models/spec.mjs';
import { wireModel } from './service-models/wire.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');

const folders = {
  'src/definition/generated': await definitionTables(),
  'src/local/generated': new Map(
    Object.entries(local).map(([service, operations]) => [
      `${service}.json`,
      lines(wireModel(readModel(service), operations.join(' ').split(' '))),
    ]),
  ),
  'src/aws/generated': new Map([['regions.json', lines(sorted(readRegions()))]]),
};

const stale = [];
for (const [folder, files] of Object.entries(folders)) {
  files.set('source.json', lines({ source, specification, scripts: digestOfScripts(), files: digests(files) }));
  for (const [name, text] of files) {
    const path = join(root, folder, name);
    if (existsSync(path) && unix(readFileSync(path, 'utf8')) === text) continue;
    stale.push(`${folder}/${name}`);
    if (check) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const name of globSync('**/*.{json,ts}', { cwd: join(root, folder) })) {
    if (files.has(name.replaceAll('\\', '/'))) continue;
    stale.push(`${folder}/${name}`);
    if (!check) rmSync(join(root, folder, name));
  }
}
if (check) {
  for (const name of stale) console.error(`${name} is out of date. Run: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  const count = Object.values(folders).reduce((sum, files) => sum + files.size, 0);
  console.log(`${count} tables from ${source}; ${stale.length} files written or removed.`);
}

async function definitionTables() {
  const files = new Map();
  const pipelines = new CompactTable();
  const types = {};
  for (const [service, steps] of Object.entries(pipelineSteps)) {
    const model = readModel(service);
    // Names of services other than SageMaker get a prefix, since they may be the same.
    const options = {
      ...(service === 'sagemaker' ? {} : { prefix: `${service}:` }),
      // A member of a Bedrock request is written with a capital in a pipeline.
      capital: service === 'bedrock',
    };
    for (const [type, names] of Object.entries(steps)) {
      types[type] = names.map((name) => pipelines.add(model, name, options));
    }
  }
  files.set('shapes.json', lines({ types, ...pipelines.toJSON() }));
  files.set('documentation.json', lines(sorted(pipelines.documentation)));

  const codepipeline = new CompactTable();
  codepipeline.add(readModel('codepipeline'), 'PipelineDeclaration');
  files.set('codepipeline.json', lines(codepipeline.toJSON()));

  const actions = {};
  for (const service of services()) {
    const { metadata, operations } = readModel(service);
    const name = integrationName(metadata.serviceId);
    const entry = { id: metadata.serviceId, actions: Object.keys(operations).map(uncapitalised).join(' ') };
    if (integrated[service]) entry.table = service;
    actions[name] = entry;
  }
  files.set('actions.json', lines(sorted(actions)));
  files.set('runtimes.json', lines(await readRuntimes(parsed('src/definition/generated/runtimes.json'))));
  const table = sorted(eventTable());
  files.set(
    'events.json',
    lines({ events: table, others: otherSources(Object.keys(table)), metrics: readMetrics(namespaces) }),
  );
  for (const service of Object.keys(integrated))
    files.set(`services/${service}.json`, lines(integrationTable(service)));
  files.set('services/index.ts', loaders(Object.keys(integrated)));
  return files;
}

/** The events of all sources; those that are the answers of a service have the answers' members and values. */
function eventTable() {
  const table = readEvents(Object.keys(events));
  for (const [from, { service, kinds = {} }] of Object.entries(events)) {
    const { shapes } = service ? readModel(service) : {};
    for (const [kind, { answer, capitals = false, values = {} }] of Object.entries(kinds)) {
      const details = (table[from][kind] ??= {});
      for (const [name, { shape }] of Object.entries(answer ? shapes[answer].members : {})) {
        const known = shapes[shape].enum;
        if (known) details[name] = known.map((value) => (capitals ? inCapitals(value) : value));
        else details[name] ??= 0;
      }
      for (const [path, name] of Object.entries(values)) {
        const at = path.split('.');
        const last = at.pop();
        at.reduce((members, part) => members[part], details)[last] = Array.isArray(name) ? name : shapes[name].enum;
      }
      table[from][kind] = sorted(details);
    }
    table[from] = sorted(table[from]);
  }
  return table;
}

/** By what the services are called whose events have no published schema: CloudTrail tells of all, and some send their own. */
function otherSources(known) {
  const names = services().flatMap((service) => [
    service,
    readModel(service).metadata.endpointPrefix.split('.').at(-1),
  ]);
  const others = names.filter((name) => !known.includes(`aws.${name}`));
  return Object.keys(sorted(Object.fromEntries(others.map((name) => [name, 0])))).join(' ');
}

/** `InService` as `IN_SERVICE`. */
function inCapitals(value) {
  return value.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** The operations of a service that are known to any depth, with their requests, answers and errors as Step Functions writes them. */
function integrationTable(service) {
  const model = readModel(service);
  const table = new CompactTable();
  const add = (reference, isAnswer) =>
    reference ? table.add(model, reference.shape, { capital: true, json: true, isAnswer }) : '';
  // What is both sent and answered has its bounds, so the requests come first.
  const taken = Object.entries(model.operations).filter(([name]) => integrated[service].test(name));
  const inputs = taken.map(([, { input }]) => add(input, false));
  const operations = Object.fromEntries(
    taken.map(([name, { output, errors = [] }], at) => [
      uncapitalised(name),
      [inputs[at], add(output, true), errors.map(({ shape }) => shape).join(' ')],
    ]),
  );
  return { id: model.metadata.serviceId, operations, ...table.toJSON() };
}

function loaders(names) {
  const rows = names.map((name) => `  '${name}': async () => (await import('./${name}.json')).default,`);
  return [
    '/** The tables of services, each read when it is first asked for. Made by scripts/generate-tables.mjs. */',
    'export const loaders: Readonly<Record<string, () => Promise<unknown>>> = {',
    ...rows,
    '};\n',
  ].join('\n');
}

/** The table that a file holds; undefined where there is none. */
function parsed(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** The name of a service in `arn:aws:states:::aws-sdk:<name>:…`, which is that of its package in the SDK for Java. */
function integrationName(serviceId) {
  return serviceId
    .replace(/^(Amazon|AWS)\s/i, '')
    .replace(/\sService$/i, '')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
}

function uncapitalised(name) {
  return name[0].toLowerCase() + name.slice(1);
}

/** JSON with a line for each member of the members: small, and its changes can be read. */
function lines(value) {
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${inner(part)}`);
  return `{\n${parts.join(',\n')}\n}\n`;
}

function inner(part) {
  if (typeof part !== 'object' || part === null) return JSON.stringify(part);
  const items = Array.isArray(part)
    ? part.map((item) => ` ${JSON.stringify(item)}`)
    : Object.entries(part).map(([key, item]) => ` ${JSON.stringify(key)}:${JSON.stringify(item)}`);
  const [open, close] = Array.isArray(part) ? '[]' : '{}';
  return items.length === 0 ? `${open}${close}` : `${open}\n${items.join(',\n')}\n${close}`;
}

/** One digest of everything that decides what the tables are. */
function digestOfScripts() {
  const hash = createHash('sha256');
  for (const file of [...globSync('service-models/*', { cwd: join(root, 'scripts') }), 'generate-tables.mjs'].sort()) {
    hash.update(`${basename(file)}\n${unix(readFileSync(join(root, 'scripts', file), 'utf8'))}`);
  }
  return hash.digest('hex');
}

/** The text with the ends of lines that it has in the repository. */
function unix(text) {
  return text.replaceAll('\r\n', '\n');
}

function digests(files) {
  return sorted(
    Object.fromEntries([...files].map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')])),
  );
}
