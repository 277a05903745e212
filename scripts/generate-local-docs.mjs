// Writes the table of what Local implements in docs/local.md, from the services' own tables.
//
//   node scripts/generate-local-docs.mjs [--check]
//
// With --check nothing is written; the exit code is 1 where it is out of date.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const services = join(root, 'src', 'local', 'services');
const path = join(root, 'docs', 'local.md');
const [begin, end] = [
  '<!-- The table is made by scripts/generate-local-docs.mjs. -->\n',
  '\n<!-- End of the table. -->',
];

/** What the names of the operations do not say. */
const notes = {
  S3: 'path style; ranges, conditions and multipart uploads; each object is its only version',
  STS: 'the assumed role `execution`',
  ECR: 'no images are kept',
  IAM: 'every role is there and may do everything',
  CloudWatch: 'with metric math and percentiles',
  'Application Auto Scaling': 'nothing is scaled',
  'Service Quotas': 'of endpoints; a request for another value is granted at once',
};

const verbs =
  /^(Batch)?(Abort|Add|Complete|Copy|Create|Delete|Deregister|Describe|Disable|Enable|Filter|Get|Head|Invoke|List|Override|Purge|Put|Request|Receive|Register|Remove|Retry|Rollback|Send|Set|Simulate|Start|Stop|Tag|Untag|Update|Upload|Invalidate|Change)(?=[A-Z])/;

/** Operations by what they act on: `Pipeline: Create, Describe, List`. */
function grouped(operations) {
  const groups = new Map();
  for (const operation of operations) {
    const [verb] = verbs.exec(operation) ?? [''];
    const noun = operation
      .slice(verb.length)
      .replace(/ies$/, 'y')
      .replace(/(?<=[a-z])s$/, '');
    groups.set(noun, [...(groups.get(noun) ?? []), [verb, operation]]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([noun, found]) =>
      found.length === 1
        ? found[0][1]
        : `${noun} (${found
            .map(([verb]) => verb)
            .sort()
            .join(', ')})`,
    )
    .join(', ');
}

const rows = readdirSync(services, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const text = readFileSync(join(services, name, 'index.ts'), 'utf8');
    const title = /title: '([^']+)'/.exec(text)?.[1];
    const table = /generated\/([\w-]+\.json)/.exec(text)?.[1];
    const { operations } = JSON.parse(readFileSync(join(root, 'src', 'local', 'generated', table), 'utf8'));
    return { title, cell: grouped(Object.keys(operations)) };
  })
  .sort((a, b) => (a.title < b.title ? -1 : 1))
  .map(({ title, cell }) => `| ${title}${notes[title] ? `: ${notes[title]}` : ''} | ${cell} |`);

const before = readFileSync(path, 'utf8');
const [start, stop] = [before.indexOf(begin) + begin.length, before.indexOf(end)];
const table = ['', '| service | operations |', '|---|---|', ...rows, ''].join('\n');
const after = before.slice(0, start) + table + before.slice(stop);
if (after === before) console.log('docs/local.md is up to date.');
else if (process.argv.includes('--check')) {
  console.error('docs/local.md is out of date: npm run generate.');
  process.exitCode = 1;
} else writeFileSync(path, after);
