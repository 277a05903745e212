import { outcomeOf, type Session } from '../../aws';
import { runGit } from '../../gitflow';
import { count, formatNames, shortId } from '../../shared/format';
import { digestIn, manifestOf, readManifest } from '../../shared/uploads';
import { UserError } from '../../workbench/errors';
import { type Definition, readDefinition } from '../definition';
import { inputPlaces, recordInput } from '../inputs';
import { type Provenance } from '../model';
import { digestOf } from '../provenance';
import { definitionOf, describeExecution, listParameters, readObject } from '../service';
import { splitS3Uri } from '../../shared/s3-uri';

/** One part of what a run was made of, and whether it can be had once more. */
export interface Part {
  what: string;
  state: 'same' | 'unsure' | 'missing';
  text: string;
}

/** Everything that is needed for a reproduction, before anything is changed. */
export interface Preparations {
  arn: string;
  name: string;
  /** The connection's label. */
  connection: string;
  pipeline: string;
  /** The text of the definition that ran, and its version. */
  definition: string;
  version: number;
  values: Readonly<Record<string, string>>;
  provenance: Provenance;
  /** The repository that has the commit. */
  root?: string;
  /** The parameters whose files are to be copied from the commit, since their copies are gone. */
  copies: readonly string[];
  parts: readonly Part[];
  /** A part is missing without which the run cannot be what it was. */
  impossible: boolean;
}

/**
 * Looks for what a run was made of.
 *
 * @param repositoryWith finds the root of a repository that has a commit
 * @throws UserError where the run does not say enough to be made again
 */
export async function prepareReproduction(
  session: Session,
  arn: string,
  repositoryWith: (commit: string) => Promise<string | undefined>,
): Promise<Preparations> {
  const [execution, parameters, definition] = await Promise.all([
    describeExecution(session, arn),
    listParameters(session, arn),
    definitionOf(session, arn),
  ]);
  const { name, pipeline, provenance = {}, origin } = execution;
  const version = origin?.version;
  if (version === undefined) {
    throw new UserError(`${name} does not say which version of ${pipeline} it ran, so it cannot be reproduced.`);
  }
  const values = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.value]));
  const root = provenance.commit === undefined ? undefined : await repositoryWith(provenance.commit);
  const read = await readDefinition(definition);
  const uploads = await uploadParts(session, values, root !== undefined && provenance.dirty === false);
  const data = await dataParts(session, provenance, inputPlaces(read.steps.values(), new Map(Object.entries(values))));
  const parts = [
    commitPart(provenance, root),
    {
      what: 'Definition',
      state: 'same' as const,
      text: `version ${version}, sha256 ${shortId(digestOf(definition))}`,
    },
    { what: 'Parameters', state: 'same' as const, text: count(parameters.length, 'value') },
    ...uploads.map(({ part }) => part),
    ...data,
    ...stubsPart(provenance),
    ...cachePart(read),
  ];
  return {
    arn,
    name,
    connection: session.connection.label,
    pipeline,
    definition,
    version,
    values,
    provenance,
    ...(root === undefined ? {} : { root }),
    copies: uploads.flatMap(({ copy }) => copy ?? []),
    parts,
    impossible: parts.some(({ state }) => state === 'missing'),
  };
}

function commitPart({ commit, dirty }: Provenance, root: string | undefined): Part {
  const what = 'Commit';
  if (commit === undefined) return { what, state: 'unsure', text: 'the run does not say one' };
  if (root === undefined) {
    return { what, state: 'unsure', text: `${shortId(commit)} is in no repository of this workspace: fetch it` };
  }
  if (dirty) return { what, state: 'unsure', text: `${shortId(commit)}, with changes that were not committed` };
  return { what, state: 'same', text: shortId(commit) };
}

interface UploadPart {
  part: Part;
  /** The parameter whose files are copied from the commit. */
  copy?: string;
}

/** What was copied for the run, by the parameters that name it. */
async function uploadParts(
  session: Session,
  values: Readonly<Record<string, string>>,
  hasTree: boolean,
): Promise<UploadPart[]> {
  const named = Object.entries(values).filter(([, value]) => digestIn(value) !== undefined);
  return Promise.all(
    named.map(async ([parameter, uri]): Promise<UploadPart> => {
      const digest = shortId(digestIn(uri) ?? '');
      if (await isWhole(session, uri)) {
        return {
          part: { what: parameter, state: 'same', text: `the copy that was made for the run, sha256 ${digest}` },
        };
      }
      if (hasTree) {
        const text = `the copy is gone; its files are taken from the commit and have to come to sha256 ${digest}`;
        return { part: { what: parameter, state: 'same', text }, copy: parameter };
      }
      const text = `the copy in ${uri} is not whole, and the commit does not have its files`;
      return { part: { what: parameter, state: 'missing', text } };
    }),
  );
}

/** Whether every file of a copy is still there. */
async function isWhole(session: Session, uri: string): Promise<boolean> {
  const manifest = manifestOf(uri);
  if (manifest === undefined) return false;
  const { value: text } = await outcomeOf(readObject(session, manifest));
  const files = text === undefined ? undefined : readManifest(text);
  if (files === undefined) return false;
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  const there = new Set<string>();
  await session.call(`look at ${uri}`, async () => {
    for await (const { Contents } of sdk.paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
      for (const { Key = '' } of Contents ?? []) there.add(Key);
    }
  });
  return files.every(({ path }) => there.has(`${key}/${path}`) || (files.length === 1 && there.has(key)));
}

/** The data that the run read where it lay. */
async function dataParts(
  session: Session,
  { inputs = [] }: Provenance,
  places: readonly { name: string; uri: string }[],
): Promise<Part[]> {
  const read = places.filter(({ uri }) => digestIn(uri) === undefined);
  return Promise.all(
    read.map(async ({ name, uri }): Promise<Part> => {
      const before = inputs.find((input) => input.name === name);
      const { value: now } = await outcomeOf(recordInput(session, { name, uri }));
      const what = `Data ${name}`;
      if (now === undefined) return { what, state: 'missing', text: `nothing lies in ${uri}` };
      if (before === undefined) {
        const text = `what lay in ${uri} was not recorded, so it may have changed`;
        return { what, state: 'unsure', text };
      }
      if (before.tag !== now.tag) {
        return { what, state: 'unsure', text: `${uri} has changed since` };
      }
      return { what, state: 'same', text: `${uri}, unchanged` };
    }),
  );
}

/** What a stub stood for was never run, so there is nothing to come to again. */
function stubsPart({ stubs = [] }: Provenance): Part[] {
  if (stubs.length === 0) return [];
  return [{ what: 'Stubs', state: 'missing', text: `${formatNames(stubs, 3)} did not run but was given an end` }];
}

/** Steps whose results the service may take from the cache, which shows nothing. */
function cachePart({ steps }: Definition): Part[] {
  const cached = [...steps.values()].filter(({ cache }) => cache !== undefined).map(({ name }) => name);
  if (cached.length === 0) return [];
  const text = `${formatNames(cached, 3)} may be taken from the cache; what is taken from it has not been run again`;
  return [{ what: 'Cache', state: 'unsure', text }];
}

/** Whether git knows a commit in a folder. */
export async function rootWith(folder: string, commit: string): Promise<string | undefined> {
  const found = await runGit(folder, ['rev-parse', '--show-toplevel']);
  if (found.code !== 0) return undefined;
  const root = found.stdout.trim();
  return (await runGit(root, ['cat-file', '-e', `${commit}^{commit}`])).code === 0 ? root : undefined;
}
