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

const { chooseLocalData } = await import('../../../src/pipelines/commands/local-data');

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
