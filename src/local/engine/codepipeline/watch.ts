/**
 * Looks after the repositories that pipelines have their sources from: a push to one of their branches or tags starts
 * what it should. The refs themselves are watched, so a push, a commit, a merge and a finish of Gitflow count alike,
 * and no hook is needed.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import { type Delivery, deliveries } from '../../domain/deliveries';
import { changedFiles, commonFolder, refsOf, RepositoryError } from '../../jobs/build/repository';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import type { Deliveries } from './deliveries';
import { gitSource, isGitSource, repositoryFor } from './repositories';
import { passes, type Push, pushesBetween, triggerOf, triggerTypeOf } from './triggers';

/** Milliseconds between two looks. */
const pause = 1000;

interface Watched {
  /** The folder that the refs lie in. */
  folder: string;
  look: string;
  refs: Map<string, string>;
}

export class SourceWatch {
  private readonly repositories = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly engine: Deliveries,
    /** Hears of a store that cannot be written any more. */
    private readonly broken: (error: unknown) => void,
  ) {}

  /** Looks now and from time to time. */
  start(): void {
    const again = (): void => {
      if (this.isOver) return;
      this.timer = setTimeout(() => this.start(), pause);
      this.timer.unref();
    };
    this.look().then(again, this.broken);
  }

  /** Looks no more, and waits for the look that is under way. */
  async stop(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.looking.catch(() => undefined);
  }

  /** Looks at every source once; one look at a time. */
  async look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookAtAll());
    return this.looking;
  }

  private async lookAtAll(): Promise<void> {
    const looked = new Map<string, Map<string, string> | undefined>();
    if (this.isOver) return;
    for (const pipeline of deliveries(this.store).list('1 = 1')) {
      for (const action of pipeline.declaration.stages?.[0]?.actions ?? []) {
        if (!isGitSource(action) || action.configuration?.['DetectChanges'] === 'false') continue;
        const repository = repositoryFor(this.store, pipeline.name, gitSource(action, action.configuration ?? {}));
        if (repository === undefined) continue;
        if (!looked.has(repository)) looked.set(repository, await this.refs(repository));
        const refs = looked.get(repository);
        if (this.isOver) return;
        if (refs && deliveries(this.store).get(pipeline.name)) await this.compare(pipeline, action, repository, refs);
      }
    }
  }

  /** The refs of a repository; git is asked only where the files of the refs have changed. */
  private async refs(repository: string): Promise<Map<string, string> | undefined> {
    try {
      const known = this.repositories.get(repository);
      const folder = known?.folder ?? (await commonFolder(repository));
      const look = lookOf(folder);
      if (known?.look === look) return known.refs;
      const refs = await refsOf(repository);
      this.repositories.set(repository, { folder, look, refs });
      return refs;
    } catch (error) {
      // A repository that is away now may come back.
      if (error instanceof RepositoryError) return undefined;
      throw error;
    }
  }

  private async compare(
    { name, declaration }: Delivery,
    action: ActionDeclaration,
    repository: string,
    refs: ReadonlyMap<string, string>,
  ): Promise<void> {
    const own = action.name ?? '';
    const source = gitSource(action, action.configuration ?? {});
    const trigger = triggerOf(declaration.triggers, own);
    const branch = `refs/heads/${source.branch}`;
    const now = new Map([...refs].filter(([ref]) => trigger !== undefined || ref === branch));
    const mark = `${own} ${repository}`;
    const pipeline = this.engine.find(name);
    const isKnown = mark in pipeline.seen;
    const before = new Map(
      Object.entries(pipeline.seen)
        .filter(([key]) => key.startsWith(`${mark} `))
        .map(([key, sha]) => [key.slice(mark.length + 1), sha]),
    );
    const pushes = pushesBetween(before, now);
    const isGone = [...before.keys()].some((ref) => !now.has(ref));
    if (isKnown && pushes.length === 0 && !isGone) return;
    // What is there when the source is seen first has started nothing: the pipeline began with it.
    const starting: Push[] = [];
    for (const push of isKnown ? pushes : []) {
      const changed = (): Promise<string[]> => changedFiles(repository, push.before, push.after);
      const isWanted = trigger
        ? await passes(trigger, push, changed).catch((error: unknown) => {
            if (error instanceof RepositoryError) return false;
            throw error;
          })
        : true;
      if (isWanted) starting.push(push);
    }
    if (this.isOver || !deliveries(this.store).get(name)) return;
    const others = Object.entries(pipeline.seen).filter(([key]) => key !== mark && !key.startsWith(`${own} `));
    this.engine.saw(name, {
      ...Object.fromEntries(others),
      [mark]: '',
      ...Object.fromEntries([...now].map(([ref, sha]) => [`${mark} ${ref}`, sha])),
    });
    for (const { after } of starting) this.begin(name, own, source.provider, source.connection, after);
  }

  private begin(name: string, action: string, provider: string, connection: string | undefined, sha: string): void {
    try {
      this.engine.startBy(name, {
        trigger: { triggerType: triggerTypeOf(provider), triggerDetail: connection ?? action },
        overrides: [{ actionName: action, revisionType: 'COMMIT_ID', revisionValue: sha }],
      });
    } catch (error) {
      // Too many at a time, or a variable without a value: the next push may start it.
      if (!(error instanceof ServiceError)) throw error;
    }
  }
}

/** The times of all that a change of a ref changes. */
function lookOf(folder: string): string {
  const times: string[] = [];
  const note = (path: string): void => {
    times.push(`${path}:${statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0}`);
  };
  const walk = (path: string): void => {
    note(path);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(path, entry.name));
      else note(join(path, entry.name));
    }
  };
  for (const name of ['packed-refs', join('reftable', 'tables.list')]) note(join(folder, name));
  for (const name of ['heads', 'tags']) {
    try {
      walk(join(folder, 'refs', name));
    } catch {
      // A folder that went while it was read: the next look sees it.
    }
  }
  return times.join();
}
