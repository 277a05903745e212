// Writes src/definition/generated/limits.json: which numbers are integers, ranges, lengths and patterns of the members
// in shapes.json. The AWS SDK does not carry them; the public service models in botocore (Apache-2.0) do. Run by hand
// after scripts/generate-tables.mjs:
//
//   pip install botocore; node scripts/generate-limits.mjs FOLDER/botocore/data
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const data = process.argv[2];
if (!data) throw new Error('Give the folder of the service models: FOLDER/botocore/data');
const generated = fileURLToPath(new URL('../src/definition/generated/', import.meta.url));
const { structures } = JSON.parse(readFileSync(join(generated, 'shapes.json'), 'utf8'));

const folder = join(data, 'sagemaker', readdirSync(join(data, 'sagemaker')).sort().at(-1));
const packed = join(folder, 'service-2.json.gz');
const { shapes } = JSON.parse(
  existsSync(packed) ? gunzipSync(readFileSync(packed)) : readFileSync(join(folder, 'service-2.json'), 'utf8'),
);

const patterns = [];
const limits = {};
for (const [name, { m }] of Object.entries(structures)) {
  const shape = shapes[name];
  if (name.includes(':') || shape?.type !== 'structure') continue;
  for (const member of Object.keys(m)) {
    const reference = shape.members[member];
    if (reference) collect(name, member, shapes[reference.shape]);
  }
}
writeFileSync(join(generated, 'limits.json'), `${JSON.stringify({ patterns, limits }, undefined, 1)}\n`);

/** Limits of a member; of the elements of a list under `Member[]`, of the keys and values of a map under `Member{k}` and `Member{}`. */
function collect(name, member, shape) {
  const limit = limitOf(shape);
  if (Object.keys(limit).length > 0) (limits[name] ??= {})[member] = limit;
  if (shape.type === 'list') collect(name, `${member}[]`, shapes[shape.member.shape]);
  if (shape.type === 'map') {
    collect(name, `${member}{k}`, shapes[shape.key.shape]);
    collect(name, `${member}{}`, shapes[shape.value.shape]);
  }
}

function limitOf({ type, min, max, pattern, enum: values }) {
  const limit = {};
  if (type === 'integer' || type === 'long') limit.i = 1;
  if (type === 'structure' || values) return limit;
  // A minimum of zero says nothing about a length.
  if (min !== undefined && !(min === 0 && type !== 'integer' && type !== 'float')) limit.min = min;
  if (max !== undefined) limit.max = max;
  if (pattern !== undefined && !/^\(?(\.\*|\[\\s\\S\]\*|\.\+|\[\\u)/.test(pattern) && compiles(pattern)) {
    if (!patterns.includes(pattern)) patterns.push(pattern);
    limit.p = patterns.indexOf(pattern);
  }
  return limit;
}

function compiles(pattern) {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').source.length > 0;
  } catch {
    return false;
  }
}
