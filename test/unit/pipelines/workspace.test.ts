/** What the repository around a definition says of a run that is about to start. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { DefinitionFile } from '../../../src/pipelines/workspace';
import { Sandbox } from '../gitflow/sandbox';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { provenanceNow } = await import('../../../src/pipelines/workspace');
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const definition = '{ "Version": "2020-12-01", "Steps": [] }';
const fileIn = (folder: string) =>
  ({ folder: { uri: { fsPath: folder } }, path: 'p.pipeline.json', pipeline: 'p' }) as unknown as DefinitionFile;

describe('where a run comes from', () => {
  it('is the commit and the tree of its repository, and whether anything else lies there', async () => {
    const work = sandbox.repository();
    const commit = work.git('rev-parse', 'HEAD');
    const now = await provenanceNow(fileIn(work.folder), definition);
    expect(now).toMatchObject({ commit, branch: 'develop', tree: work.git('rev-parse', 'HEAD^{tree}'), dirty: false });
    writeFileSync(join(work.folder, 'new.py'), '');
    expect(await provenanceNow(fileIn(work.folder), definition)).toMatchObject({ commit, dirty: true });
  });

  it('is the definition alone where there is no repository', async () => {
    const { folder } = sandbox.empty();
    expect(Object.keys(await provenanceNow(fileIn(folder), definition))).toEqual(['digest']);
  });

  it.each(['here', 'above'])('is refused where the repository %s cannot be read', async (where) => {
    const { folder } = sandbox.empty();
    writeFileSync(join(folder, '.git'), 'gitdir: /nowhere/at/all\n');
    const inside = join(folder, 'pipelines');
    mkdirSync(inside);
    const at = where === 'here' ? folder : inside;
    await expect(provenanceNow(fileIn(at), definition)).rejects.toThrow(/^The repository of .* cannot be read: /);
  });

  it('is refused where git lost the commit that is checked out', async () => {
    const work = sandbox.repository();
    writeFileSync(join(work.folder, '.git', 'HEAD'), 'no reference\n');
    await expect(provenanceNow(fileIn(work.folder), definition)).rejects.toThrow('cannot be read');
  });
});
