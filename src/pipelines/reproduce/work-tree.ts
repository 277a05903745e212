import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../../aws';
import { runGit } from '../../gitflow';
import { configPath, readConfig } from '../../gitflow/lifecycle';
import { shortId } from '../../shared/format';
import { digestIn } from '../../shared/uploads';
import { UserError } from '../../workbench/errors';
import { uploadSources } from '../commands/upload';
import type { StartRequest } from '../commands/start';
import { readDefinition } from '../definition';
import type { Provenance } from '../model';
import { token } from '../service';
import type { Preparations } from './prepare';

/** The most characters of a display name. */
const longestName = 82;

/**
 * Starts a reproduction. Where a copy of the run's files is gone, it is made again from a work tree of the commit, which
 * goes afterwards; files that do not come to the digest that the run names are never run.
 */
export async function checkedOut(
  session: Session,
  prepared: Preparations,
  start: (request: StartRequest) => Promise<string>,
): Promise<string> {
  if (prepared.copies.length > 0) await copyFromCommit(session, prepared);
  const { pipeline, definition, version, values, provenance, arn, name } = prepared;
  const { sweep: _, inputs: __, ...origin }: Provenance = provenance;
  return start({
    pipeline,
    definition,
    version,
    values,
    provenance: { ...origin, reproduces: arn },
    displayName: `reproduce-${name}`.slice(0, longestName).replace(/-+$/, ''),
    token: token(),
  });
}

async function copyFromCommit(session: Session, prepared: Preparations): Promise<void> {
  const { root, provenance, definition, values } = prepared;
  const { commit } = provenance;
  if (root === undefined || commit === undefined) throw new UserError('The commit of the run is not here.');
  const { parameters } = await readDefinition(definition);
  await inWorkTree(root, commit, async (folder) => {
    const text = await readFile(join(folder, configPath), 'utf8').catch(() => '{}');
    const { uploads } = readConfig(text).config;
    const sources = new Map([...uploads].filter(([parameter]) => prepared.copies.includes(parameter)));
    const copied = await uploadSources(session, { root: folder, sources, parameters, values });
    for (const parameter of prepared.copies) {
      const wanted = digestIn(values[parameter] ?? '');
      const found = digestIn(copied.values[parameter] ?? '');
      if (found === wanted) continue;
      throw new UserError(
        `The files of ${parameter} in ${shortId(commit)} are not those that ${prepared.name} ran: ${
          found === undefined
            ? `${configPath} does not name them`
            : `sha256 ${shortId(found)}, not ${shortId(wanted ?? '')}`
        }. The run cannot be reproduced.`,
      );
    }
  });
}

/** Does something in a work tree of a commit, without its hooks. It is gone afterwards. */
async function inWorkTree<T>(root: string, commit: string, work: (folder: string) => Promise<T>): Promise<T> {
  const place = await mkdtemp(join(tmpdir(), 'mlops-flow-commit-'));
  const folder = join(place, 'tree');
  try {
    const words = ['-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--detach', folder, commit];
    const { code, stderr } = await runGit(root, words);
    if (code !== 0) throw new UserError(`Git could not make a work tree of ${shortId(commit)}: ${stderr.trim()}`);
    return await work(folder);
  } finally {
    await runGit(root, ['worktree', 'remove', '--force', folder]);
    await rm(place, { recursive: true, force: true });
  }
}
