/** What the rows of the Models view are made of, loaded with the first look at it. */
import { MarkdownString } from 'vscode';
import { abreast, type Connection, isDenied, type Outcome, outcomeOf, type Paged, type Session } from '../aws';
import { formatNumber, formatTime } from '../shared/format';
import { approvalFaces, rowIcon } from '../shared/status';
import { briefOf, contextKeys, type LiveRow, messageRow, type Reading } from '../workbench';
import { type ListedVersion, type ModelGroup, type ModelVersion, versionLabel } from './model';
import { conditionText, inOrder, meets, type Metrics } from './order';
import { groupId, type ModelView, type VersionRow } from './rows';
import { describeVersion, pageGroups, pageVersions } from './service';
import type { RegistryServices } from './services';

/** Milliseconds between looks at the registry while the view can be seen; it changes seldom. */
const localInterval = 2_000;
const awsInterval = 60_000;
/** So many versions of a group are shown at a time: the list has more of them, and each is described by itself. */
const versionsShown = 25;
/** Up to so many groups are shown open; what is closed costs no request. */
const groupsOpen = 3;
/** Versions that are described side by side. */
const most = 4;
/** Milliseconds between two looks at what has been described so far. */
const showEvery = 200;

/** A version with what else was read of it, or why it was not; as long as that is under way, without. */
interface Version {
  listed: ListedVersion;
  described?: Outcome<ModelVersion>;
  metrics?: Outcome<Metrics>;
}

/** The newest versions of a group: as they are listed, and with what else was read of them. */
interface Versions {
  listed: Paged<ListedVersion>;
  shown: readonly Version[];
  /** The endpoints that serve each of them, by ARN. */
  live?: {
    places?: ReadonlyMap<string, readonly { endpoint: string }[]>;
    /** Why it is not known, or not of all. */
    problem?: Error;
  };
}

/** The readings of model groups and their versions. */
export class ModelReadings {
  /** The names of what the versions measured that have been read. */
  readonly metricNames = new Set<string>();

  /** @param view what is listed now */
  constructor(
    private readonly services: RegistryServices,
    private readonly view: () => ModelView,
  ) {}

  groups(connection: Connection): Reading<Session, Paged<ModelGroup>> {
    return {
      id: 'groups',
      loading: 'Looking for models…',
      interval: () => intervalOf(connection),
      read: (session, _signal, before, pages, show) => pageGroups(session, this.view(), pages, before, show),
      more: ({ next }) => next !== undefined,
      rows: (listed) => {
        const groups = listed?.items ?? [];
        if (listed) contextKeys.set('mlopsFlow.models', groups.length === 0 ? 'none' : 'some');
        return groups.map(({ id, name, account, description }) => {
          const about = [
            ...(account === undefined ? [] : [`account ${account}`]),
            ...(description ? [description] : []),
          ];
          return {
            id: groupId(id),
            label: name,
            ...(about.length === 0 ? {} : { description: about.join(' · ') }),
            icon: { icon: account === undefined ? 'package' : 'references' },
            // What is not a group of this account has no audit trail here.
            context: id === name ? 'modelGroup' : 'message',
            connection,
            group: id,
            expanded: groups.length <= groupsOpen,
            below: this.versions(connection, id),
          };
        });
      },
    };
  }

  private versions(connection: Connection, group: string): Reading<Session, Versions> {
    return {
      id: groupId(group),
      loading: 'Looking for versions…',
      interval: () => intervalOf(connection),
      read: (session, _signal, before, pages, show) => this.readVersions(session, group, pages, before, show),
      more: ({ listed, shown }) => listed.next !== undefined || shown.length < listed.items.length,
      rows: (versions) => (versions ? this.versionRows(connection, group, versions) : []),
      empty: { id: `${groupId(group)}#none`, label: 'No versions yet', icon: { icon: 'info' }, context: 'message' },
    };
  }

  /** Those that are shown, in the order that is asked for. One whose metrics are still being read stays until then. */
  private versionRows(connection: Connection, group: string, { shown, live }: Versions): LiveRow<Session>[] {
    const { condition, order } = this.view();
    const metricsOf = ({ metrics }: Version): Metrics => metrics?.value ?? [];
    const kept = condition ? shown.filter((each) => !each.metrics?.value || meets(metricsOf(each), condition)) : shown;
    const rows = (order ? inOrder(kept, metricsOf, order) : kept).map((each) =>
      this.versionRow(connection, each, live),
    );
    const left = shown.length - kept.length;
    if (!condition || left === 0) return rows;
    const text = `${left} of the newest ${shown.length} ${left === 1 ? 'is' : 'are'} not ${conditionText(condition)}`;
    return [...rows, messageRow(`${groupId(group)}#left`, text, 'filter')];
  }

  /** The versions as one request lists them are shown at once; what is told of each comes after, for those alone. */
  private async readVersions(
    session: Session,
    group: string,
    pages: number,
    before: Versions | undefined,
    show: (versions: Versions) => void,
  ): Promise<Versions> {
    const wanted = pages * versionsShown;
    const listed = await this.list(session, group, wanted, before);
    const known = new Map(before?.shown.map((version) => [version.listed.arn, version]));
    const shown = listed.items.slice(0, wanted).map((version): Version => ({
      ...known.get(version.arn),
      listed: version,
    }));
    let live = before?.live;
    let shownAt = 0;
    const versions = (): Versions => ({ listed, shown: [...shown], ...(live ? { live } : {}) });
    const showNow = (): void => {
      shownAt = Date.now();
      show(versions());
    };
    showNow();
    const left = [...shown.entries()].filter(([, { listed: version }]) => !isKept(known.get(version.arn), version));
    // What *Load More* has brought is what a person looks at.
    const latest = wanted - versionsShown;
    const order = [...left.filter(([index]) => index >= latest), ...left.filter(([index]) => index < latest)];
    await Promise.all([
      outcomeOf(this.services.livePlaces(session)).then(
        ({ value, problem }) => (live = value ?? (problem ? { problem } : {})),
      ),
      abreast(order, most, async ([index, version]) => {
        shown[index] = await this.readVersion(session, version.listed, known.get(version.listed.arn));
        if (Date.now() - shownAt >= showEvery) showNow();
      }),
    ]);
    return versions();
  }

  /** The list again, or what is known of it where more of that is to be shown. */
  private list(
    session: Session,
    group: string,
    wanted: number,
    before: Versions | undefined,
  ): Promise<Paged<ListedVersion>> {
    if (before && before.shown.length < wanted && before.listed.items.length >= wanted)
      return Promise.resolve(before.listed);
    return pageVersions(session, group, this.view(), wanted, before?.listed);
  }

  /** What was read before is kept as long as the list says the same; what was denied is not asked for again. */
  private async readVersion(session: Session, listed: ListedVersion, before: Version | undefined): Promise<Version> {
    const same = before !== undefined && isSame(before.listed, listed);
    const described =
      same && isDone(before.described) ? before.described : await outcomeOf(describeVersion(session, listed.arn));
    const report = described.value?.report;
    const metrics =
      same && isDone(before.described) && isDone(before.metrics)
        ? before.metrics
        : await outcomeOf(report === undefined ? Promise.resolve([]) : this.services.reportNumbers(session, report));
    for (const [name] of metrics.value ?? []) this.metricNames.add(name);
    return { listed, described, metrics };
  }

  private versionRow(
    connection: Connection,
    { listed, described, metrics }: Version,
    everywhere: Versions['live'] | undefined,
  ): VersionRow {
    const live = everywhere?.places?.get(listed.arn) ?? [];
    const model: ModelVersion = { ...described?.value, ...listed };
    // The most telling one: in a narrow view the approval is to be read, too. The tooltip has them all.
    const [best] = metrics?.value ?? [];
    const shown = best ? `${best[0]} ${formatNumber(best[1])}` : '';
    const problem = described?.problem ?? metrics?.problem;
    const isVersion = model.group !== '';
    const abilities = [
      ...(model.approval === 'Approved' || !isVersion ? [] : ['approvable']),
      ...(model.approval === 'Rejected' || !isVersion ? [] : ['rejectable']),
      ...(model.generatedBy ? ['traceable'] : []),
      ...(model.approval === 'Approved' ? ['deployable'] : []),
    ];
    const about = problem ? briefOf(problem) : shown;
    const places = live.length === 0 ? '' : `live on ${live.map(({ endpoint }) => endpoint).join(', ')}`;
    const approval = approvalFaces[model.approval].short;
    return {
      id: model.arn,
      label: versionLabel(model),
      // The numbers first, since a narrow view cuts the end; of a sentence it cuts enough.
      description: (problem ? [approval, places, about] : [about, approval, places])
        .filter((part) => part !== '')
        .join(' · '),
      resolveTooltip: async () =>
        tooltipOf(
          model,
          metrics?.value ?? [],
          [problem, everywhere?.problem],
          await this.services.releasesOf(model.arn),
        ),
      icon: rowIcon(approvalFaces[model.approval]),
      context: `modelVersion ${abilities.join(' ')}`,
      command: { command: 'mlopsFlow.openModel', title: 'Open Model', arguments: [model.arn, connection.id] },
      accessibleLabel: [
        isVersion ? `${model.group} version ${model.version}` : versionLabel(model),
        model.approval,
        places,
        about,
      ]
        .filter((part) => part !== '')
        .join(', '),
      connection,
      model,
    };
  }
}

function intervalOf({ kind }: Connection): number {
  return kind === 'local' ? localInterval : awsInterval;
}

/** Whether all that is told of a version has been read, and the list says the same of it as then. */
function isKept(before: Version | undefined, listed: ListedVersion): boolean {
  return before !== undefined && isSame(before.listed, listed) && isDone(before.described) && isDone(before.metrics);
}

function isSame(a: ListedVersion, b: ListedVersion): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether something has been read, or was denied. */
function isDone<T>(part: Outcome<T> | undefined): part is Outcome<T> {
  return part !== undefined && (!part.problem || isDenied(part.problem));
}

function tooltipOf(
  model: ModelVersion,
  metrics: Metrics,
  problems: readonly (Error | undefined)[],
  releases: readonly { name: string }[],
): MarkdownString {
  const text = new MarkdownString();
  const name = model.group === '' ? versionLabel(model) : `${model.group} version ${model.version}`;
  text.appendMarkdown(`**${escape(name)}** — ${model.approval}\n\n`);
  for (const problem of problems) if (problem) text.appendText(`${problem.message}\n\n`);
  if (model.description) text.appendText(`${model.description}\n\n`);
  if (model.approvalDescription) text.appendText(`${model.approvalDescription}\n\n`);
  for (const { name } of releases) text.appendMarkdown(`Released as **${escape(name)}**\n\n`);
  for (const [name, value] of metrics) text.appendMarkdown(`- ${escape(name)}: ${formatNumber(value)}\n`);
  if (model.created) text.appendText(`\nRegistered ${formatTime(model.created.getTime())}`);
  return text;
}

function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>]/g, String.raw`\$&`);
}
