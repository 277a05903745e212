/** Files and folders that stand for S3 locations: S3 knows no folders, so where the name does not tell, the user says it. */
import { beforeEach, expect, test, vi } from 'vitest';
import { files, Uri } from '../../fixtures/vscode';

const said: { title: string; folders?: boolean }[] = [];
let pick: string | undefined;

vi.mock('vscode', async () => {
  const vscode = await import('../../fixtures/vscode');
  return {
    ...vscode,
    workspace: { ...vscode.workspace, findFiles: () => Promise.resolve([]) },
    window: {
      ...vscode.window,
      showQuickPick: (items: { label: string }[], { title }: { title: string }) => {
        said.push({ title });
        return Promise.resolve(items.find(({ label }) => pick !== undefined && label.endsWith(pick)));
      },
      showOpenDialog: ({ title, canSelectFolders }: { title: string; canSelectFolders: boolean }) => {
        said.push({ title, folders: canSelectFolders });
        return Promise.resolve([Uri.file(`/project/data/${said.length}`)]);
      },
    },
  };
});

const { chooseLocalData, missingData } = await import('../../../src/pipelines/commands/local-data');

beforeEach(() => {
  said.length = 0;
  files.clear();
});

test('a name that ends like a file or a folder says which it is', async () => {
  expect(await chooseLocalData('/project', ['s3://b/rows/', 's3://b/prepare.py'])).toBe(true);
  expect(said).toEqual([
    { title: 'Folder that stands for s3://b/rows/ (1 of 2)', folders: true },
    { title: 'File that stands for s3://b/prepare.py (2 of 2)', folders: false },
  ]);
});

test.each([
  ['file', false, 'File'],
  ['folder', true, 'Folder'],
])('another is asked for, and a %s is chosen', async (word, folders, title) => {
  pick = word;
  expect(await chooseLocalData('/project', ['s3://b/rows-of-may'])).toBe(true);
  expect(said).toEqual([
    { title: 'Stands for s3://b/rows-of-may' },
    { title: `${title} that stands for s3://b/rows-of-may`, folders },
  ]);
  expect(files.get('/project/.mlops/config.json')).toContain('"s3://b/rows-of-may": "data/2"');
});

test('who does not say which gives nothing', async () => {
  pick = undefined;
  expect(await chooseLocalData('/project', ['s3://b/rows.csv', 's3://b/rows-of-may'])).toBe(false);
  expect(files.size).toBe(0);
});

test('the locations of a refusal are read as it lists them', () => {
  const refusal =
    "Local cannot run 3 of the 4 steps: 'A': it reads s3://b/x, s3://b/salt and pepper.csv and s3://b/z, which are not there;" +
    " 'B': Local has no EMR clusters, and it reads s3://b/x, which is not there; 'C': it reads s3://b/1 and s3://b/2, which are not there.";
  expect(missingData(refusal)).toEqual(['s3://b/x', 's3://b/salt and pepper.csv', 's3://b/z', 's3://b/1', 's3://b/2']);
});
