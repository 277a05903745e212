import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { expect, test } from 'vitest';
import { validate } from '../../../src/definition';
import { parseBuildspec } from '../../../src/local/jobs/build/buildspec';
import { root } from './support';

const folder = join(root, 'media', 'sample', 'delivery');
const text = readFileSync(join(folder, 'pipeline.json'), 'utf8');

test('the delivery pipeline of the sample and its buildspecs have no problems', () => {
  expect(validate(text, { path: 'delivery/pipeline.json', language: 'codepipeline' })).toEqual([]);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.buildspec.yml'))) {
    const buildspec = readFileSync(join(folder, name), 'utf8');
    expect(validate(buildspec, { path: name, language: 'buildspec' })).toEqual([]);
    expect(parseBuildspec(buildspec).phases.build?.commands).not.toEqual([]);
  }
});

test('every build of it has its buildspec, and the project that it names is declared', () => {
  const { pipeline } = JSON.parse(text) as { pipeline: PipelineDeclaration };
  const project = JSON.parse(readFileSync(join(folder, 'project.json'), 'utf8')) as { name: string };
  const builds = (pipeline.stages ?? [])
    .flatMap(({ actions = [] }) => actions)
    .filter(({ actionTypeId }) => actionTypeId?.provider === 'CodeBuild');
  expect(builds.map(({ configuration }) => configuration?.['ProjectName'])).toEqual(builds.map(() => project.name));
  const files = readdirSync(folder).map((name) => `delivery/${name}`);
  for (const { configuration } of builds) expect(files).toContain(configuration?.['BuildspecOverride']);
});
