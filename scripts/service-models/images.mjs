// The runtimes of CodeBuild's curated images, as their public repository (Apache-2.0) declares them: of one commit, each
// file by its digest. They are fetched once into .cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const repository = 'aws/aws-codebuild-docker-images';
const commit = '1590e48787084015430500926ea922130dbe9367';

/** The repository and the commit: `aws/aws-codebuild-docker-images@1590e48…`. */
const source = `${repository}@${commit}`;

/** By file, its digest and the image that it is about, as `Environment.Image` of a project names it. */
const files = {
  'al/aarch64/standard/2.0': [
    'aws/codebuild/amazonlinux-aarch64-standard:2.0',
    'bfdfed8dd5d84dbe5148dc3a1009cddc5c8e491940c26ea0fce00b6c9d158bd1',
  ],
  'al/aarch64/standard/3.0': [
    'aws/codebuild/amazonlinux-aarch64-standard:3.0',
    'dbd3fd736623cf4bef11c6f38583f4fe796cc0382c833da146e0211adc91850b',
  ],
  'al/aarch64/standard/4.0': [
    'aws/codebuild/amazonlinux-aarch64-standard:4.0',
    '2cc325820419ee4e3ee9f6d852c57087bb255e3afcd2459e003efb2fbd6eee4e',
  ],
  'al/x86_64/standard/4.0': [
    'aws/codebuild/amazonlinux-x86_64-standard:4.0',
    '61d5b63871c67a6ee5994ab9d6ee33f379d2898111e6428c08b80dbb20a1f30a',
  ],
  'al/x86_64/standard/5.0': [
    'aws/codebuild/amazonlinux-x86_64-standard:5.0',
    '998928d1287ec63c87bf9b52b7ed8e9de7bef02e6b689914029837d90267a135',
  ],
  'al/x86_64/standard/6.0': [
    'aws/codebuild/amazonlinux-x86_64-standard:6.0',
    '903c7e3f2ae8fcc131a92952966cce041d75ed522e61f3d43f3037b46cbbdae0',
  ],
  'al/x86_64/standard/corretto11': [
    'aws/codebuild/amazonlinux-x86_64-standard:corretto11',
    '58f7c2f2b9c8b1e5ea60ec6f9d145f5d60f41da3824f8b9508aefdc799bf93dd',
  ],
  'al/x86_64/standard/corretto8': [
    'aws/codebuild/amazonlinux-x86_64-standard:corretto8',
    'e860487c2fa8dd2adceca393dfcb3c85e68052832ce9fd20fdb94d557eb9338a',
  ],
  'ubuntu/standard/5.0': [
    'aws/codebuild/standard:5.0',
    'be5d8bf586fbb2a24547cb6490d12bc0f0a67d8759458b57211dc2e12495743b',
  ],
  'ubuntu/standard/6.0': [
    'aws/codebuild/standard:6.0',
    'ade165464df7eddaf38696f7986133d694c97de9a9d9e5ad98e5ceba51c2462d',
  ],
  'ubuntu/standard/7.0': [
    'aws/codebuild/standard:7.0',
    '903693c17e176617066b70f85429089cf82af3c8cf0e797511593bb120e6cf6b',
  ],
  'ubuntu/standard/8.0': [
    'aws/codebuild/standard:8.0',
    '4601214f3c03e65ef9d9f4c39d1618ab69ed071a36ecfc033365de5dd69df329',
  ],
  'unsupported_images/al2/aarch64/standard/1.0': [
    'aws/codebuild/amazonlinux-aarch64-standard:1.0',
    '54e5fb80fd456cd8c4b4d5a0366dcb73a2911178ebf0310c5bd0b18cd78b1f48',
  ],
  'unsupported_images/al2/x86_64/standard/1.0': [
    'aws/codebuild/amazonlinux-x86_64-standard:1.0',
    '16ada2462de3ecc74f766655255b63a0cd86bd80fd2f7963cba5f6c6586b8db5',
  ],
  'unsupported_images/al2/x86_64/standard/2.0': [
    'aws/codebuild/amazonlinux-x86_64-standard:2.0',
    '79f881dbf42c4b3c6e2fd59d18fdcda1cab4771e804e350349505a8f7d39224a',
  ],
  'unsupported_images/al2/x86_64/standard/3.0': [
    'aws/codebuild/amazonlinux-x86_64-standard:3.0',
    '3912a31eaf56de56de5c817a277475122efa762fc0a6260da7a241da883772c8',
  ],
  'unsupported_images/ubuntu/standard/2.0': [
    'aws/codebuild/standard:2.0',
    '8d0573c6f875b00fe669ec5c8b7a3b8135e9f8b5b0d7874d197ab7c4bd3d52f1',
  ],
  'unsupported_images/ubuntu/standard/3.0': [
    'aws/codebuild/standard:3.0',
    '927e528c0494e22edc8df2640c57e6686e27b3aad6200f0bb44a0bf08c79359e',
  ],
  'unsupported_images/ubuntu/standard/4.0': [
    'aws/codebuild/standard:4.0',
    'cfeabfc38327f87e02304ac83c2ac1af635d123668d8c926c04d58ce003652cb',
  ],
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Images below this folder are no longer kept up. */
const unsupported = 'unsupported_images/';

/**
 * By image, by runtime, the versions; `*` among them where the image installs any other one while it builds.
 * @param before the table as it was made; it stays where the source cannot be reached and neither it nor this file changed
 * @throws where the source cannot be reached, or a digest does not fit
 */
export async function readRuntimes(before) {
  const reader = digest(readFileSync(fileURLToPath(import.meta.url), 'utf8').replaceAll('\r\n', '\n'));
  const images = {};
  try {
    for (const [folder, [image, wanted]] of Object.entries(files)) {
      const text = await read(`${folder}/runtimes.yml`, wanted);
      // Without a schema 1.20 stays a text.
      const { runtimes } = parse(text, { schema: 'failsafe' });
      images[image] = Object.fromEntries(
        Object.entries(runtimes).map(([name, { versions }]) => [
          name,
          Object.keys(versions)
            .map((version) => (version === 'default' ? '*' : version))
            .join(' '),
        ]),
      );
    }
  } catch (error) {
    if (before?.made.source !== source || before.made.reader !== reader) throw error;
    return before;
  }
  const old = Object.keys(files).filter((folder) => folder.startsWith(unsupported));
  return { made: { source, reader }, images, old: old.map((folder) => files[folder][0]) };
}

async function read(path, wanted) {
  const file = join(root, '.cache', 'codebuild-images', commit, path);
  if (!existsSync(file)) {
    const answer = await fetch(`https://raw.githubusercontent.com/${repository}/${commit}/${path}`);
    if (!answer.ok) throw new Error(`${path} of ${source} could not be read: ${answer.status} ${answer.statusText}.`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await answer.text());
  }
  const text = readFileSync(file, 'utf8');
  if (digest(text) !== wanted) throw new Error(`${file} is not what ${source} has. Remove it, and try again.`);
  return text;
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
