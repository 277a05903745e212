import { type Disposable, EventEmitter } from 'vscode';
import { messageOf } from '../../../workbench/index';
import { keptPlain } from '../../index';
import type { BranchListing, Configuration, Repository, RepositoryState } from '../../index';
import type { KnownRepository, Repositories } from './repositories';

/** What the view and the status bar know of a repository at one moment. */
export interface Snapshot {
  readonly root: string;
  readonly name: string;
  readonly core: Repository;
  readonly state: RepositoryState;
  readonly configuration: Configuration;
  readonly listing: BranchListing;
  /** Why the last attempt to read it anew failed; then everything else is of the attempt before. */
  readonly problem?: string;
}

/** Reads repositories when they changed, once for everyone who looks, and says so only where something differs. */
export class Snapshots implements Disposable {
  private readonly changed = new EventEmitter<string | undefined>();
  /** The root of the repository that differs; undefined where repositories came or went. */
  readonly onDidChange = this.changed.event;
  private readonly entries = new Map<string, Entry>();
  private readonly listeners: Disposable[];

  constructor(readonly repositories: Repositories) {
    this.listeners = [
      repositories.onDidChange((repository) => void this.renew(repository)),
      repositories.onDidChangeList(() => void this.prune()),
    ];
  }

  /** @throws where it could not be read and never was before. */
  of(repository: KnownRepository): Promise<Snapshot> {
    return this.entry(repository).current();
  }

  /** Every snapshot, in the order of the repositories. */
  async all(): Promise<Snapshot[]> {
    return Promise.all((await this.repositories.list()).map((repository) => this.of(repository)));
  }

  /** Reads it anew, as an action does when it has ended, and resolves when everyone was told. */
  async renew(repository: KnownRepository): Promise<void> {
    const entry = this.entries.get(repository.root);
    // Nobody has asked for it yet.
    if (entry && (await entry.renew())) this.changed.fire(repository.root);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  private entry(repository: KnownRepository): Entry {
    const known = this.entries.get(repository.root);
    if (known) return known;
    const made = new Entry(repository);
    this.entries.set(repository.root, made);
    return made;
  }

  private async prune(): Promise<void> {
    const roots = new Set((await this.repositories.list()).map(({ root }) => root));
    for (const root of this.entries.keys()) if (!roots.has(root)) this.entries.delete(root);
    this.changed.fire(undefined);
  }
}

class Entry {
  private last: Snapshot | undefined;
  private loading: Promise<Snapshot> | undefined;
  private print = '';

  constructor(private readonly repository: KnownRepository) {}

  current(): Promise<Snapshot> {
    if (this.last) return Promise.resolve(this.last);
    this.loading ??= this.load();
    return this.loading;
  }

  /** True where something differs from before. */
  async renew(): Promise<boolean> {
    const before = this.print;
    // What is being read now may have been read before the change.
    const loading = (this.loading ?? Promise.resolve()).catch(() => undefined).then(() => this.load());
    this.loading = loading;
    await loading.catch(() => undefined);
    return this.print !== before;
  }

  private async load(): Promise<Snapshot> {
    try {
      const core = await this.repository.open();
      const [state, configuration, listing] = await Promise.all([core.state(), core.configuration(), core.branches()]);
      const read = { root: this.repository.root, name: this.repository.name, core, state, configuration, listing };
      const print = fingerprint(read);
      // The same content stays the same object, and what was computed of it is kept.
      if (this.last === undefined || print !== this.print) this.last = read;
      this.print = print;
      return this.last;
    } catch (error) {
      this.print = messageOf(error);
      if (this.last === undefined) throw error;
      this.last = { ...this.last, problem: messageOf(error) };
      return this.last;
    } finally {
      this.loading = undefined;
    }
  }
}

function fingerprint({ state, configuration, listing }: Snapshot): string {
  const refs = (list: readonly { ref: string }[]) => list.map((each) => Object.values(each).join(' ')).join('\n');
  const kept = configuration.get(keptPlain);
  const settings = JSON.stringify({ ...configuration, bases: [...configuration.bases], kept });
  return [JSON.stringify(state), settings, refs(listing.local), refs(listing.remote), refs(listing.tags)].join('\n\n');
}
