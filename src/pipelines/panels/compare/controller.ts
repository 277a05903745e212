import { env, window } from 'vscode';
import { abreast, type Connection, connectionOf, type Session } from '../../../aws';
import { reasonOf, settings } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { showCommitChanges } from '../../commands/commits';
import { compareRuns } from '../../compare/compare';
import { changedFiles, type RunFacts } from '../../compare/facts';
import type { FactsReader } from '../../compare/read';
import { isSettled } from '../../model';
import { readObject } from '../../service';
import type { RoomServices } from '../../services';
import type { CompareArguments, CompareToHost, CompareToPanel, Difference } from './contract';
import { isCompareToHost } from './messages';
import { splitS3Uri } from '../../../shared/s3-uri';

/** Runs that are read side by side. */
const most = 4;
/** So many files of a difference are opened. */
const mostFiles = 50;

/** Runs side by side, read while they can be seen, over the connection that the panel was opened for. */
export class ComparePanel implements PanelController<CompareToPanel, CompareToHost> {
  readonly accepts = isCompareToHost;
  private ids: string[];
  private baseline: string | undefined;
  private facts: readonly RunFacts[] = [];
  private freshness: { updatedAt?: number; problem?: string } = {};
  private watching: { dispose(): void } | undefined;
  private readonly disposables: { dispose(): void }[];
  private readonly closed = new AbortController();
  private readonly connection: Connection;

  constructor(
    private readonly services: RoomServices,
    private readonly reader: FactsReader,
    private readonly panel: Panel<CompareArguments, CompareToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.ids = [...panel.args.ids];
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      services.connections.onDidChange(() => this.refresh()),
    ];
    this.watch();
  }

  state(): CompareToPanel[] {
    return [...this.comparison(), { type: 'freshness', ...this.freshness }];
  }

  async receive(message: CompareToHost): Promise<void> {
    switch (message.type) {
      case 'baseline':
        this.baseline = message.id;
        return this.show();
      case 'remove':
        return this.remove(message.id);
      case 'open':
        return this.open(message.link);
      case 'show':
        return this.difference(message.what, message.id, message.row);
      case 'again':
        return this.services.runAgain(message.id, this.connection);
      case 'reproduce':
        return this.services.reproduce(message.id, this.connection);
      case 'copy':
        await env.clipboard.writeText(message.text);
        window.setStatusBarMessage('$(check) The comparison is on the clipboard.', 4000);
        return;
      case 'refresh':
        return this.refresh();
    }
  }

  dispose(): void {
    this.closed.abort();
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private get key(): string {
    return `compare ${this.connection.id} ${this.ids.join(' ')}`;
  }

  private comparison(): CompareToPanel[] {
    if (this.facts.length === 0) return [];
    const tolerance = settings('pipelines.reproductionTolerance') ?? 0;
    const options = { connection: this.connection.label, baseline: this.baseline, tolerance };
    return [{ type: 'comparison', comparison: compareRuns(this.facts, options) }];
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<RunFacts[]>(
      {
        key: this.key,
        interval: () => this.services.pollInterval(this.connection),
        poll: async (signal) => {
          const session = await this.services.connections.session(this.connection, signal);
          return abreast(this.ids, most, (arn) => this.reader.read(session, arn));
        },
        settled: (facts) => facts.every(({ status }) => isSettled(status)),
      },
      {
        value: (facts) => {
          this.facts = facts;
          this.freshness = { updatedAt: Date.now() };
          this.panel.title = `Compare ${[...new Set(facts.map(({ pipeline }) => pipeline))].join(' ↔ ')}`;
          this.show();
        },
        failed: (error) => {
          this.freshness = { ...this.freshness, problem: reasonOf(error) };
          this.panel.update({ type: 'freshness', ...this.freshness });
        },
      },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private refresh(): void {
    if (this.watching) void this.services.watcher.refresh(this.key);
  }

  private show(): void {
    for (const message of this.state()) this.panel.update(message);
  }

  private remove(id: string): void {
    if (this.ids.length <= 2) return;
    this.rest();
    this.ids = this.ids.filter((each) => each !== id);
    this.facts = this.facts.filter(({ arn }) => arn !== id);
    this.show();
    this.watch();
  }

  private open(link: string): Promise<void> | void {
    if (link.startsWith('s3://')) return this.services.openObject(link, this.connection);
    this.services.openRun(link, this.connection);
  }

  private async difference(what: Difference, id: string, row: string): Promise<void> {
    const base = this.facts.find(({ arn }) => arn === this.baseline) ?? this.facts[0];
    const other = this.facts.find(({ arn }) => arn === id);
    if (!base || !other) return;
    const title = `${base.name} ↔ ${other.name}`;
    if (what === 'commit') {
      return showCommitChanges(base.provenance?.commit ?? '', other.provenance?.commit ?? '', title);
    }
    if (what === 'definition') {
      const textOf = ({ arn, pipeline, definition = '' }: RunFacts) => ({
        path: `definitions/${arn.split('/').at(-1)}/${pipeline}.pipeline.json`,
        text: indented(definition),
      });
      return this.services.showDifferences(`${title} · definition`, [{ before: textOf(base), after: textOf(other) }]);
    }
    return this.fileDifferences(base, other, row, title);
  }

  /** What was copied for the two runs, file by file. */
  private async fileDifferences(base: RunFacts, other: RunFacts, parameter: string, title: string): Promise<void> {
    const session = await this.services.connections.session(this.connection, this.closed.signal);
    const changed = changedFiles(base.files.get(parameter) ?? [], other.files.get(parameter) ?? []);
    const shown = changed.slice(0, mostFiles);
    const differences = await abreast(shown, most, async ({ path, change }) => ({
      ...(change === 'added' ? {} : { before: await copied(session, base, parameter, path) }),
      ...(change === 'removed' ? {} : { after: await copied(session, other, parameter, path) }),
    }));
    await this.services.showDifferences(`${title} · ${parameter}`, differences);
    if (changed.length > shown.length) {
      void window.showInformationMessage(`${changed.length} files differ; the first ${shown.length} are shown.`);
    }
  }
}

/** A file that was copied for a run. */
async function copied(
  session: Session,
  run: RunFacts,
  parameter: string,
  path: string,
): Promise<{ path: string; text: string }> {
  const place = run.parameters[parameter] ?? '';
  // The address of a single file is that of the file itself.
  const uri = run.files.get(parameter)?.length === 1 && place.endsWith(`/${path}`) ? place : `${place}/${path}`;
  const { bucket, key } = splitS3Uri(uri);
  return { path: `s3/${bucket}/${key}`, text: await readObject(session, uri) };
}

/** A definition as it is read best; as it is where it cannot be read. */
function indented(definition: string): string {
  try {
    return `${JSON.stringify(JSON.parse(definition), undefined, 2)}\n`;
  } catch {
    return definition;
  }
}
