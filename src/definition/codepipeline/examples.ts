/** Whole declarations around the fragments of examples: for the rules' pages and their tests. */

const source = {
  name: 'Source',
  actions: [
    {
      name: 'Get',
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' },
      configuration: { S3Bucket: 'code', S3ObjectKey: 'source.zip' },
      outputArtifacts: [{ name: 'Code' }],
    },
  ],
};

const build = {
  name: 'Build',
  actions: [
    {
      name: 'Make',
      actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
      configuration: { ProjectName: 'penguins' },
      inputArtifacts: [{ name: 'Code' }],
    },
  ],
};

const declaration = {
  name: 'penguins',
  roleArn: 'arn:aws:iam::111122223333:role/pipeline',
  artifactStore: { type: 'S3', location: 'artifacts' },
  stages: [source, build],
};

/**
 * The whole text of a fragment: `pipeline` members of the declaration (null removes one), `stages` the list of
 * stages, `action` one action of the second stage, which has the artifact `Code`.
 */
export function exampleText(frame: string, fragment: string): string {
  if (frame === 'document') return fragment;
  const value: unknown = JSON.parse(fragment);
  const pipeline: Record<string, unknown> = { ...declaration };
  if (frame === 'stages') pipeline['stages'] = value;
  if (frame === 'action') pipeline['stages'] = [source, { name: 'Build', actions: [value] }];
  if (frame === 'pipeline') {
    for (const [key, member] of Object.entries(value as object)) {
      if (member === null) delete pipeline[key];
      else pipeline[key] = member;
    }
  }
  return JSON.stringify({ pipeline }, undefined, 2);
}
