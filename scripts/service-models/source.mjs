// The public service models, as the pinned botocore (Apache-2.0) carries them. pip fetches it once into .cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** The name and version of the source: `botocore==1.44.8`. */
export const source = /^\S+==\S+/m.exec(readFileSync(requirements, 'utf8'))[0];

let folder;

/** The folder with a folder for each service. @throws where Python with pip is missing, or the hash does not fit */
function data() {
  if (folder) return folder;
  const key = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const target = join(root, '.cache', 'service-models', key);
  if (!existsSync(target)) {
    const partial = `${target}.${process.pid}`;
    const options = ['--quiet', '--no-deps', '--no-compile', '--only-binary', ':all:', '--require-hashes'];
    const python = process.platform === 'win32' ? 'python' : 'python3';
    try {
      execFileSync(python, ['-m', 'pip', 'install', ...options, '--target', partial, '-r', requirements], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw new Error(`${source} could not be installed: npm run generate needs ${python} with pip.`, { cause: error });
    }
    renameSync(partial, target);
  }
  folder = join(target, 'botocore', 'data');
  return folder;
}

/** The folders' names of all services that have a model. */
export function services() {
  return readdirSync(data(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && newest(entry.name) !== undefined)
    .map(({ name }) => name)
    .sort();
}

/** The newest model of a service: `metadata`, `operations`, `shapes`. */
export function readModel(service) {
  return JSON.parse(gunzipSync(readFileSync(newest(service))));
}

function newest(service) {
  return readdirSync(join(data(), service))
    .sort()
    .map((version) => join(data(), service, version, 'service-2.json.gz'))
    .findLast((file) => existsSync(file));
}

/** The regions of all partitions, each with its name: `eu-west-1`, `Europe (Ireland)`. */
export function readRegions() {
  const { partitions } = JSON.parse(readFileSync(join(data(), 'partitions.json'), 'utf8'));
  const regions = partitions.flatMap((partition) => Object.entries(partition.regions));
  return Object.fromEntries(
    regions.filter(([code]) => !code.endsWith('-global')).map(([code, { description }]) => [code, description]),
  );
}

/** A pattern that JavaScript can compile, or undefined: a limit that cannot be stated is not checked. */
export function compiled(pattern) {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, 'us').source.length > 0 ? pattern : undefined;
  } catch {
    return undefined;
  }
}
