// Writes what follows from the catalogue of rules: a page for each under docs/rules/, their index, and the names of the
// rules in the settings of package.json.
//
//   node scripts/generate-docs.mjs [--check]
//
// With --check nothing is written; the exit code is 1 where something is out of date.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'rules');
const check = process.argv.includes('--check');

const bundle = join(root, '.cache', `catalogue-${process.pid}.mjs`);
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['src/definition/index.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  external: ['*.bundle'],
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});
const { rules } = await import(pathToFileURL(bundle).href);
rmSync(bundle);

const languages = {
  sm: 'SageMaker pipeline definitions',
  cp: 'CodePipeline declarations',
  cb: 'CodeBuild build specifications',
  ad: 'CodeDeploy application specifications',
  asl: 'State machines (Amazon States Language)',
  cfn: 'CloudFormation templates: what starts pipelines and how models are deployed',
};

/** Where the fragment of an example stands, in words. */
const frames = {
  step: 'An element of `Steps`:',
  steps: 'Elements of `Steps`:',
  condition: 'An element of the `Conditions` of a Condition step:',
  parameters: 'Elements of `Parameters`:',
  pipeline: 'Members of `pipeline`:',
  stages: 'The list of `stages`:',
  action: 'An element of `actions` in the second stage:',
};

const files = new Map([['README.md', index()]]);
for (const rule of rules.values()) {
  const name = `${rule.id.split('/')[1]}.md`;
  // Rules of several languages may share a name, and then share its page.
  const shared = files.get(name);
  files.set(name, shared === undefined ? page(rule) : `${shared}\n${page(rule)}`);
}
const manifestPath = join(root, 'package.json');
const before = readFileSync(manifestPath, 'utf8');
const manifest = withRules(before);

const stale = [...files]
  .filter(([name, text]) => read(join(folder, name)) !== text)
  .map(([name]) => join('docs/rules', name));
const extra = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => !files.has(name));
if (manifest !== before) stale.push('package.json');
if (check) {
  for (const name of [...stale, ...extra]) console.error(`${name} is out of date. Run: npm run generate`);
  process.exitCode = stale.length + extra.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  for (const name of extra) rmSync(join(folder, name));
  if (manifest !== before) writeFileSync(manifestPath, manifest);
  console.log(`${files.size - 1} rules; ${stale.length} files written, ${extra.length} removed.`);
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function page({ id, title, level, explanation, example, source }) {
  const isWhole = example.frame === 'document';
  const language = /\.ya?ml$/.test(example.file ?? '') ? 'yaml' : 'json';
  const context = frames[example.frame];
  const code = (text) => `\`\`\`${language}\n${readable(text, language, isWhole)}\n\`\`\``;
  return [
    `# ${id}`,
    `**${title}.** ${languages[id.split('/')[0]]}; ${level === 'off' ? 'off by default' : `by default ${article(level)}`}.`,
    explanation,
    source ? `Source: ${source}` : '',
    context ?? '',
    `## Wrong\n\n${code(example.shown ?? example.bad)}`,
    `## Right\n\n${code(example.good)}`,
    `## Settings\n\n\`\`\`json\n"mlopsFlow.validation.rules": { "${id}": "${level === 'off' ? 'warning' : 'off'}" }\n\`\`\``,
    id.startsWith('sm/') ? `For one definition: \`"Metadata": { "mlops-flow-ignore": "${id.split('/')[1]}" }\`.` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function article(level) {
  return `${/^[aeiou]/.test(level) ? 'an' : 'a'} ${level === 'information' ? 'remark (information)' : level}`;
}

/** Example text as a person would write it: JSON on several lines where it is long. Text that is not JSON stays. */
function readable(text, language, isWhole) {
  if (language !== 'json' || text.includes('\n')) return clip(text);
  try {
    const value = JSON.parse(isWhole ? text : `[${text}]`);
    // What is given twice would be lost.
    if (JSON.stringify(value).length < text.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '').length) return clip(text);
    const lines = (isWhole ? [value] : value).map((item) => pretty(item, ''));
    return clip(lines.join(',\n'));
  } catch {
    return clip(text);
  }
}

function clip(text) {
  const lines = text.split('\n').map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
  return lines.length > 60 ? [...lines.slice(0, 40), '…'].join('\n') : lines.join('\n');
}

function pretty(value, indent) {
  const inline = spaced(value);
  if (inline.length + indent.length <= 100 || typeof value !== 'object' || value === null) return inline;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + pretty(item, inner)).join(',\n')}\n${indent}]`;
  const members = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pretty(item, inner)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
    .join(', ')}}`;
}

function index() {
  const parts = [
    '# Rules',
    'Every problem names its rule; the setting `mlopsFlow.validation.rules` changes how grave it is or turns it off. In a SageMaker pipeline definition, `"Metadata": { "mlops-flow-ignore": "param-unused, image-not-pinned" }` turns rules off for that file, `*` all of them.\n\nThis index and the pages are generated from the catalogue in `src/definition`: `npm run generate`.',
  ];
  for (const [prefix, language] of Object.entries(languages)) {
    const own = [...rules.values()].filter(({ id }) => id.startsWith(`${prefix}/`));
    if (own.length === 0) continue;
    const rows = own.map(({ id, title, level }) => `| [\`${id}\`](${id.split('/')[1]}.md) | ${level} | ${title} |`);
    parts.push(`## ${language}\n\n| rule | default | finds |\n|---|---|---|\n${rows.join('\n')}`);
  }
  return `${parts.join('\n\n')}\n`;
}

/** The manifest with the names of all rules in the setting, so that the settings editor can complete them. */
function withRules(text) {
  const manifest = JSON.parse(text);
  const setting = [manifest.contributes?.configuration ?? []]
    .flat()
    .map(({ properties }) => properties?.['mlopsFlow.validation.rules'])
    .find((property) => property !== undefined);
  if (!setting) return text;
  setting.propertyNames = {
    enum: [...rules.keys()],
    markdownEnumDescriptions: [...rules.values()].map(({ title, level }) => `${title}. Default: ${level}.`),
  };
  return `${JSON.stringify(manifest, undefined, 2)}${text.endsWith('\n') ? '\n' : ''}`;
}
