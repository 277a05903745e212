/** Jobs of Jenkins that the user's settings name: their builds, stages and logs, for reading alone. */
import { type SecretStorage, type Uri, window, workspace } from 'vscode';
import type { Connection, Session } from '../../aws';
import { formatAge, formatDuration, shortId } from '../../shared/format';
import { isString, shape } from '../../shared/guards';
import { deliveryFace, rowIcon } from '../../shared/status';
import { type LiveRow, messageRow, type Reading, UserError, userSetting } from '../../workbench';
import { isSameCommit } from '../commit';
import type { LogSource } from '../../workbench/log-documents';
import { JenkinsClient } from './client';
import { itemOf, itemQuery, jobAddresses, jobBelow, type JenkinsBuild, type JenkinsItem, stagesOf } from './model';

const idleInterval = 60_000;

/** What is known of a log. */
export interface JenkinsLog {
  text: string;
  /** Bytes that were read. */
  end: number;
  hasMore: boolean;
}

interface JenkinsRow extends LiveRow<Session> {
  connection: Connection;
  /** The address of the build, or of the job. */
  jenkins: string;
}

/** What rows need to know of the view that they stand in. */
export interface Standing {
  connection: Connection;
  commit: string | undefined;
  /** Milliseconds between looks at what moves. */
  interval: number;
}

export class Jenkins {
  constructor(private readonly secrets: SecretStorage) {}

  /** The rows of the jobs; none in a workspace that is not trusted. */
  rows(standing: Standing): LiveRow<Session>[] {
    if (!workspace.isTrusted) return [];
    return jobAddresses(userSetting('delivery.jenkins') ?? []).map((url) => ({
      ...this.jobRow(standing, url, nameOf(url)),
      description: `Jenkins · ${new URL(url).host}`,
    }));
  }

  /** Asks for a user and an API token of a Jenkins and keeps them in VS Code's secret storage. */
  async signIn(given: string | undefined): Promise<void> {
    if (!workspace.isTrusted) throw new UserError('Trust this workspace first: until then Jenkins is not asked.');
    const addresses = jobAddresses(userSetting('delivery.jenkins') ?? []);
    const hosts = [...new Set(addresses.map((url) => new URL(url).origin))];
    if (hosts.length === 0) {
      throw new UserError('No Jenkins is set. Add the address of a job to the setting first.', {
        title: 'Open Setting',
        command: 'workbench.action.openSettings',
        arguments: ['mlopsFlow.delivery.jenkins'],
      });
    }
    const named = given === undefined ? undefined : new URL(given).origin;
    const origin =
      hosts.find((host) => host === named) ?? (hosts.length === 1 ? hosts[0] : await window.showQuickPick(hosts));
    if (origin === undefined) return;
    const title = `Sign In to ${new URL(origin).host}`;
    const user = await window.showInputBox({ title, prompt: 'User of Jenkins', ignoreFocusOut: true });
    if (!user) return;
    const prompt = 'API token, which Jenkins makes on the page of the user under Security';
    const token = await window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
    if (token) await this.secrets.store(secretOf(origin), JSON.stringify({ user, token }));
  }

  readonly logs = (interval: () => number): LogSource<JenkinsLog> => ({
    scheme: 'mlops-flow-jenkins',
    interval,
    read: async ({ fragment }: Uri, before, signal) => {
      const client = await this.client(fragment);
      const part = await client.log(fragment, before?.end ?? 0, signal);
      if (!part) throw new UserError('Jenkins keeps no log of this build any more.');
      return { text: (before?.text ?? '') + part.text, end: part.end, hasMore: part.hasMore };
    },
    text: ({ text }) => text,
    isDone: ({ hasMore }) => !hasMore,
    folds: () => [],
  });

  /** What asks a Jenkins. @throws UserError in a workspace that is not trusted */
  private async client(url: string): Promise<JenkinsClient> {
    if (!workspace.isTrusted) throw new UserError('Trust this workspace first: until then Jenkins is not asked.');
    const { origin } = new URL(url);
    const text = await this.secrets.get(secretOf(origin));
    const kept: unknown = text === undefined ? undefined : JSON.parse(text);
    return new JenkinsClient(isCredentials(kept) ? kept : undefined);
  }

  private jobRow(standing: Standing, url: string, name: string, status?: string): JenkinsRow {
    const id = `jenkins ${url}`;
    const reading: Reading<Session, JenkinsItem> = {
      id,
      loading: 'Looking for builds…',
      interval: (item) =>
        item?.builds.some((build) => build.status === 'InProgress') ? standing.interval : idleInterval,
      read: async (_session, signal) => {
        const answer = await (await this.client(url)).json(`${url}${itemQuery}`, signal);
        if (answer === undefined) throw new UserError(`Jenkins has no job at ${url}, or does not show it to you.`);
        return itemOf(answer);
      },
      rows: (item) => [
        ...(item?.jobs ?? []).map((job) =>
          this.jobRow(standing, jobBelow(url, job.name), decoded(job.name), job.status),
        ),
        ...(item?.builds ?? []).map((build) => this.buildRow(standing, url, build)),
      ],
      empty: messageRow(`${id}#none`, 'No builds yet'),
    };
    return {
      id,
      label: name,
      icon: status === undefined ? { icon: 'server-process' } : rowIcon(deliveryFace(status)),
      ...(status === undefined ? {} : { description: deliveryFace(status).word }),
      context: 'jenkinsJob',
      connection: standing.connection,
      jenkins: url,
      below: reading,
    };
  }

  private buildRow({ connection, commit, interval }: Standing, job: string, build: JenkinsBuild): JenkinsRow {
    const url = `${job}${build.number}/`;
    const id = `jenkins ${url}`;
    const isYours = commit !== undefined && build.commits.some((each) => isSameCommit(each, commit));
    const parts = [
      deliveryFace(build.status).word,
      isYours ? 'your commit' : build.commits[0] === undefined ? undefined : shortId(build.commits[0]),
      build.started === undefined ? undefined : formatAge(build.started, Date.now()),
      build.length === undefined ? undefined : formatDuration(build.length),
      build.cause,
    ].filter((part) => part !== undefined);
    const reading: Reading<Session, ReturnType<typeof stagesOf>> = {
      id: `${id} stages`,
      loading: 'Looking for stages…',
      interval: () => (build.status === 'InProgress' ? interval : idleInterval),
      read: async (_session, signal) => stagesOf(await (await this.client(url)).json(`${url}wfapi/describe`, signal)),
      rows: (stages = []) =>
        stages.map(({ name, status, length }, index) => ({
          id: `${id} stage ${index}`,
          label: name,
          description: [deliveryFace(status).word, length === undefined ? '' : formatDuration(length)]
            .filter((part) => part !== '')
            .join(' · '),
          icon: rowIcon(deliveryFace(status)),
          context: 'message',
        })),
      empty: messageRow(`${id}#none`, 'Jenkins tells no stages of this build'),
    };
    return {
      id,
      label: `#${build.number}`,
      description: parts.join(' · '),
      icon: rowIcon(deliveryFace(build.status)),
      context: 'jenkinsBuild',
      accessibleLabel: `Build ${build.number}, ${parts.join(', ')}`,
      command: {
        command: 'mlopsFlow.delivery.openJenkinsLog',
        title: 'Open Log',
        arguments: [{ connection, jenkins: url }],
      },
      connection,
      jenkins: url,
      below: reading,
    };
  }
}

const isCredentials = shape({ user: isString, token: isString });

function secretOf(origin: string): string {
  return `jenkins ${origin}`;
}

/** `…/job/team/job/penguins/` is `team/penguins`. */
function nameOf(url: string): string {
  const names = new URL(url).pathname.split('/job/').slice(1);
  return names.map((part) => decoded(part.replace(/\/$/, ''))).join('/') || new URL(url).host;
}

/** A name without its encoding; one that is none stays as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Where the log of a build is as a document. */
export function jenkinsLogPlace(url: string): { path: string; query: string; fragment: string } {
  const number = url.split('/').at(-2) ?? '';
  return { path: `/${nameOf(url).split('/').at(0) ?? ''} ${number}.log`, query: '', fragment: url };
}
