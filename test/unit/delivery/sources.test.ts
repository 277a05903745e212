import { describe, expect, it } from 'vitest';
import { belongingOf, remoteOf, type Source, sourcesOf, sourceText } from '../../../src/delivery/sources';
import { declaration } from '../../fixtures/delivery';

const none: ReadonlySet<string> = new Set();
const checkout = (...remotes: string[]) => [{ root: '/home/ada/penguins', remotes }];
const connection: Source = { action: 'S', kind: 'connection', place: 'Team/penguins', branch: 'main' };

describe('the sources of a pipeline', () => {
  it('are read of each provider', () => {
    const of = (provider: string, configuration: Record<string, string>) =>
      sourcesOf({
        name: 'p',
        roleArn: '',
        stages: [
          {
            name: 'Source',
            actions: [
              { name: 'S', actionTypeId: { category: 'Source', owner: 'AWS', provider, version: '1' }, configuration },
            ],
          },
        ],
      })[0];
    expect(of('CodeCommit', { RepositoryName: 'penguins', BranchName: 'main' })).toEqual({
      action: 'S',
      kind: 'codecommit',
      place: 'penguins',
      branch: 'main',
    });
    expect(of('GitHub', { Owner: 'team', Repo: 'penguins', Branch: 'dev' })).toMatchObject({
      kind: 'github',
      place: 'team/penguins',
      branch: 'dev',
    });
    expect(of('S3', { S3Bucket: 'seed', S3ObjectKey: 'a/penguins.zip' })).toEqual({
      action: 'S',
      kind: 's3',
      place: 'seed/a/penguins.zip',
    });
    expect(of('ECR', { RepositoryName: 'team/penguins' })).toMatchObject({ kind: 'ecr', place: 'team/penguins' });
    expect(of('Gitea', { FullRepositoryId: 'team/penguins' })).toMatchObject({ kind: 'other', place: 'team/penguins' });
  });

  it('say where they read', () => {
    expect(sourcesOf(declaration).map(sourceText)).toEqual(['Team/penguins @ main']);
    expect(sourceText({ action: 'S', kind: 's3', place: 'b/k' })).toBe('b/k');
  });
});

describe('a remote', () => {
  it.each([
    ['https://github.com/Team/Penguins.git', 'github.com', 'team/penguins'],
    ['https://ada:secret@github.com/team/penguins/', 'github.com', 'team/penguins'],
    ['git@github.com:team/penguins.git', 'github.com', 'team/penguins'],
    ['ssh://git@gitlab.example.com:2222/group/sub/penguins.git', 'gitlab.example.com', 'group/sub/penguins'],
    ['ada@host:penguins.git', 'host', 'penguins'],
    ['https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/penguins', 'codecommit', 'penguins'],
    ['ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/penguins', 'codecommit', 'penguins'],
    ['codecommit::eu-west-1://penguins', 'codecommit', 'penguins'],
    ['codecommit://profile@penguins', 'codecommit', 'penguins'],
  ])('%s is read', (url, host, path) => {
    expect(remoteOf(url)).toEqual({ host, path });
  });

  it.each(['/srv/git/penguins.git', '../penguins', ''])('%s leads to no host', (url) => {
    expect(remoteOf(url)).toBeUndefined();
  });
});

describe('a pipeline belongs to the repository', () => {
  it('that its source reads, by whatever way it was cloned', () => {
    for (const url of [
      'git@github.com:team/penguins.git',
      'https://gitlab.com/Team/penguins',
      'https://bitbucket.org/team/penguins.git',
    ]) {
      expect(belongingOf('x', [connection], checkout(url), none), url).toBe('source');
    }
  });

  it('of which a file of the workspace declares it', () => {
    expect(belongingOf('x', [], checkout(), new Set(['x']))).toBe('declared');
  });

  it('of which an object or an image has the name', () => {
    const s3: Source = { action: 'S', kind: 's3', place: 'seed/a/Penguins.zip' };
    const ecr: Source = { action: 'S', kind: 'ecr', place: 'team/penguins' };
    expect(belongingOf('x', [s3], checkout(), none)).toBe('name');
    expect(belongingOf('x', [ecr], checkout(), none)).toBe('name');
  });

  it('and to no other that is merely alike', () => {
    const near = checkout('git@github.com:other/penguins.git', 'git@github.com:team/penguins-2.git');
    expect(belongingOf('x', [connection], near, none)).toBeUndefined();
    const codecommit: Source = { action: 'S', kind: 'codecommit', place: 'penguins' };
    expect(belongingOf('x', [codecommit], checkout('https://github.com/penguins'), none)).toBeUndefined();
    const github: Source = { action: 'S', kind: 'github', place: 'team/penguins' };
    expect(belongingOf('x', [github], checkout('https://gitlab.com/team/penguins'), none)).toBeUndefined();
    const s3: Source = { action: 'S', kind: 's3', place: 'penguins/other.zip' };
    expect(belongingOf('x', [s3], checkout(), none)).toBeUndefined();
    expect(belongingOf('x', [], checkout('git@github.com:team/penguins.git'), none)).toBeUndefined();
  });
});
