import { dirname } from 'node:path';
import { commands, Uri, window, workspace } from 'vscode';
import { abreast, type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { isCancellation, reasonOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { Commits, historyOf } from '../../git';
import { type CommitOf, csvOf, type Entry, entryOf, eventNames, joined, type Origins } from '../../model';
import { TrailReader } from '../../service';
import type { AuditServices } from '../../services';
import {
  type AuditArguments,
  type AuditRow,
  type AuditState,
  type AuditToHost,
  type AuditToPanel,
  periods,
} from './contract';
import { isAuditToHost } from './messages';

const day = 86_400_000;
/** Pages that are read before a person is asked: half a minute at the pace of CloudTrail. */
const pagesAtOnce = 60;
/** Versions whose runs are looked for after a page, and how many side by side. */
const mostVersions = 20;
const most = 4;
/** Milliseconds between updates of the page while it is read. */
const updates = 250;

/** What the other rooms know of a call's subject. */
export type AuditOrigins = Origins & { commitOf(session: Session, version: string): Promise<CommitOf> };

/** The audit trail of one pipeline or model. Calls and commits come as they are read. */
export class AuditController implements PanelController<AuditToPanel, AuditToHost> {
  readonly accepts = isAuditToHost;
  private days: number = periods[1];
  private reader!: TrailReader;
  private entries: Entry[] = [];
  private events = 0;
  private problem: unknown;
  private reading: AbortController | undefined;
  private readonly connection: Connection;
  /** Versions whose run was looked for. */
  private readonly versions = new Map<string, CommitOf>();
  private readonly commits = new Commits(workspace.isTrusted ? roots() : []);
  private told = 0;

  constructor(
    private readonly services: AuditServices,
    private readonly origins: AuditOrigins,
    private readonly panel: Panel<AuditArguments, AuditToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.begin();
  }

  state(): AuditToPanel[] {
    return [{ type: 'trail', trail: this.trail() }];
  }

  async receive(message: AuditToHost): Promise<void> {
    switch (message.type) {
      case 'period':
        if (!periods.some((days) => days === message.days)) return;
        this.days = message.days;
        return this.begin();
      case 'refresh':
        return this.begin();
      case 'more':
        return this.read();
      case 'cancel':
        return this.reading?.abort();
      case 'next':
        if (this.next) await commands.executeCommand(this.next.command, ...(this.next.arguments ?? []));
        return;
      case 'open':
        return this.open(message.id);
      case 'record':
        return this.showRecord(message.id);
      case 'export':
        return this.export();
    }
  }

  dispose(): void {
    this.reading?.abort();
  }

  /** Reads everything anew. */
  private begin(): void {
    this.reading?.abort();
    this.reading = undefined;
    this.entries = [];
    this.events = 0;
    const since = Date.now() - this.days * day;
    this.reader = new TrailReader(eventNames[this.panel.args.kind], since);
    void this.read();
    void this.readGit(this.reader, since);
  }

  /** Reads on from where it stopped. */
  private async read(): Promise<void> {
    if (this.reading) return;
    const { reader } = this;
    const reading = new AbortController();
    this.reading = reading;
    this.problem = undefined;
    try {
      const session = await this.services.connections.session(this.connection, reading.signal);
      for (let page = 0; page < pagesAtOnce && !reader.ended; page += 1) {
        this.tell();
        const events = await reader.next(session, reading.signal);
        const source = this.connection.kind === 'local' ? 'Local' : 'CloudTrail';
        const found = events.flatMap((event): Entry[] => {
          const entry = entryOf(event, this.panel.args, this.origins);
          return entry ? [{ ...entry, source }] : [];
        });
        if (reader !== this.reader) return;
        this.events += events.length;
        this.entries.push(...found);
        await this.lookAtVersions(session);
        await this.lookAtCommits();
      }
    } catch (error) {
      if (!isCancellation(error) && reader === this.reader) this.problem = error;
    } finally {
      if (this.reading === reading) {
        this.reading = undefined;
        this.told = 0;
        this.tell();
      }
    }
  }

  /** Who has changed the definition in Git. */
  private async readGit(reader: TrailReader, since: number): Promise<void> {
    const { kind, name } = this.panel.args;
    if (kind !== 'pipeline' || !workspace.isTrusted) return;
    const file = await this.services.definitionOf(name).catch(() => undefined);
    if (file?.scheme !== 'file') return;
    const commits = await historyOf(dirname(file.fsPath), file.fsPath, since).catch(() => []);
    if (reader !== this.reader) return;
    this.entries.push(...commits);
    await this.lookAtCommits();
    this.told = 0;
    this.tell();
  }

  /** The runs that made the versions; what cannot be read is not asked for again. */
  private async lookAtVersions(session: Session): Promise<void> {
    const targets = this.entries.flatMap(({ target }) => (target?.includes(':model-package/') ? [target] : []));
    const open = [...new Set(targets)].filter((arn) => !this.versions.has(arn));
    await abreast(open.slice(0, mostVersions), most, async (arn) => {
      this.versions.set(arn, {});
      this.versions.set(arn, (await outcomeOf(this.origins.commitOf(session, arn))).value ?? {});
    });
  }

  private async lookAtCommits(): Promise<void> {
    await this.commits
      .look(joined(this.entries, this.versions).flatMap(({ commit }) => commit ?? []))
      .catch(() => false);
  }

  private tell(): void {
    if (this.reading && Date.now() - this.told < updates) return;
    this.told = Date.now();
    this.panel.update({ type: 'trail', trail: this.trail() });
  }

  private trail(): AuditState {
    const { next } = this;
    const rows = joined(this.entries, this.versions).map((entry) => this.row(entry));
    return {
      connection: this.connection.label,
      isLocal: this.connection.kind === 'local',
      days: this.days,
      state: this.reading ? 'reading' : this.reader.ended ? 'read' : 'paused',
      reached: Math.min(this.reader.reached, Date.now()),
      events: this.events,
      ...(this.problem === undefined ? {} : { problem: reasonOf(this.problem) }),
      ...(next === undefined ? {} : { next: next.title }),
      rows,
    };
  }

  private get next(): UserError['next'] {
    return this.problem instanceof UserError ? this.problem.next : undefined;
  }

  private row(entry: Entry): AuditRow {
    const { target, record, commit, branch, event: _, definition: __, ...told } = entry;
    return {
      ...told,
      opens: target?.includes('/execution/') ? 'run' : target?.includes(':model-package/') ? 'version' : undefined,
      recorded: record !== undefined,
      ...(commit === undefined
        ? {}
        : { commit: { ...this.commits.all.get(commit), id: commit, ...(branch === undefined ? {} : { branch }) } }),
    };
  }

  private open(id: string): void {
    const target = this.entries.find((entry) => entry.id === id)?.target;
    if (target?.includes('/execution/')) this.services.openRun(target, this.connection);
    else if (target?.includes(':model-package/')) this.services.openVersion(target, this.connection);
  }

  /** Shows the record as CloudTrail keeps it. */
  private async showRecord(id: string): Promise<void> {
    const record = this.entries.find((entry) => entry.id === id)?.record;
    if (record === undefined) return;
    const content = JSON.stringify(JSON.parse(record), undefined, 2);
    await window.showTextDocument(await workspace.openTextDocument({ language: 'json', content }));
  }

  private async export(): Promise<void> {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      title: 'Export Audit Trail',
      filters: { CSV: ['csv'] },
      ...(folder ? { defaultUri: Uri.joinPath(folder, `${this.panel.args.name}-audit.csv`) } : {}),
    });
    if (!target) return;
    await workspace.fs.writeFile(
      target,
      Buffer.from(csvOf(joined(this.entries, this.versions), this.commits.all), 'utf8'),
    );
  }
}

function roots(): string[] {
  return (workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? [uri.fsPath] : []));
}
