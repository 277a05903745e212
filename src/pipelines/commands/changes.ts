/** What a run was made of, beside what lies there now. */
import type { Session } from '../../aws';
import { digestIn, manifestOf, readManifest, type UploadFile } from '../../shared/uploads';
import { readObject } from '../service';
import type { ParameterSource } from './upload';

/** A state of what a run is made of. */
export interface Made {
  /** The text of the definition. */
  definition: string;
  /** The run's parameters by name. */
  parameters: ReadonlyMap<string, string>;
}

/** What lies in the workspace now. */
export interface Now {
  /** The definition's path and its text. */
  path: string;
  definition: string;
  sources: readonly ParameterSource[];
}

/**
 * The paths in which a run and the workspace differ. A run whose parameters do not name what it was made of differs in
 * nothing that can be told.
 */
export async function changedSince(session: Session, made: Made, now: Now): Promise<string[]> {
  const changed = made.definition === now.definition ? [] : [now.path];
  for (const { parameter, path, digest, isFile, files } of now.sources) {
    const uri = made.parameters.get(parameter) ?? '';
    const before = digestIn(uri);
    if (before === undefined || before === digest) continue;
    const list = isFile ? undefined : await filesOf(session, uri);
    changed.push(...(list === undefined ? [path] : differences(list, files).map((file) => `${path}/${file}`)));
  }
  return changed;
}

/** The list of the files that a run was given; undefined where it cannot be read any more. */
async function filesOf(session: Session, uri: string): Promise<readonly UploadFile[] | undefined> {
  const manifest = manifestOf(uri);
  if (manifest === undefined) return undefined;
  return readManifest(await readObject(session, manifest).catch(() => ''));
}

function differences(before: readonly UploadFile[], now: readonly UploadFile[]): string[] {
  const old = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const changed = now.filter(({ path, sha256 }) => old.get(path) !== sha256).map(({ path }) => path);
  for (const { path } of now) old.delete(path);
  return [...changed, ...old.keys()].toSorted();
}
