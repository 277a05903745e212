import { describe, expect, it } from 'vitest';
import { asksForPullRequest, protectedRefusal } from '../../../../src/gitflow/remote/protected';

const refused = (stderr: string) => protectedRefusal({ code: 1, stdout: '', stderr }, 'origin');

describe('a push that a protected branch refuses', () => {
  it.each([
    ['GitHub, a protected branch', 'remote: error: GH006: Protected branch update failed for refs/heads/main.'],
    ['GitHub, a ruleset', 'remote: error: GH013: Repository rule violations found for refs/heads/main.'],
    ['GitLab', 'remote: GitLab: You are not allowed to push code to protected branches on this project.'],
    ['Azure', 'remote: TF402455: Pushes to this branch are not permitted; you must use a pull request to update it.'],
    ['Bitbucket', 'remote: Permission denied to update branch main: branch permissions.'],
  ])('%s', (_, stderr) => {
    const message = refused(stderr);
    expect(message).toContain('pull request');
    expect(asksForPullRequest(`Push main to origin failed. ${message}`)).toBe(true);
  });

  it.each([
    ' ! [rejected]        main -> main (fetch first)',
    'remote: error: hook declined to update refs/heads/main',
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    '',
  ])('is no other refusal: %s', (stderr) => {
    expect(refused(stderr)).toBeUndefined();
    expect(asksForPullRequest(stderr)).toBe(false);
  });
});
