/** Follows deployments to their end and says what they came to, whether anybody looks or not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, window } from 'vscode';
import { type Connection, outcomeOf, type Session } from '../aws';
import { log, messageOf } from '../workbench';
import type { Verdict } from './model/verdict';
import { sampleOf } from './dry-run';
import { observe } from './deploy';
import { readEnvironments } from './environments';
import type { Journal } from './journal';
import type { DeploymentRecord } from './model/record';
import type { EndpointReading } from './reading';
import type { RoomServices } from './services';
import { smoke } from './smoke';
import { endpointWatch, isUnderWay, watchKey } from './watch';

export class Followers {
  private readonly following = new Map<string, { dispose(): void }>();

  constructor(private readonly services: RoomServices) {}

  /** Follows the deployment under way of an endpoint; one that is followed already is not followed twice. */
  follow(endpoint: string, connection: Connection): void {
    const key = watchKey(endpoint, connection);
    if (this.following.has(key)) return;
    let writing = Promise.resolve();
    const watching = this.services.watcher.watch(endpointWatch(this.services, endpoint, connection), {
      value: (reading) => {
        // One after the other: each is judged by what the one before has written.
        writing = writing.then(() => this.hear(key, endpoint, connection, reading));
      },
    });
    this.following.set(key, watching);
  }

  dispose(): void {
    for (const watching of this.following.values()) watching.dispose();
    this.following.clear();
  }

  private async hear(key: string, endpoint: string, connection: Connection, reading: EndpointReading): Promise<void> {
    if (!this.following.has(key)) return;
    try {
      const session = await this.services.connections.session(connection);
      const journal = await this.services.journal(session);
      const ended = await observe(session, journal, reading);
      if (ended) {
        if (ended.verdict.outcome === 'deployed') await sendSample(session, journal, ended.record);
        this.services.changed();
        void this.say(endpoint, connection, ended.verdict);
      }
      if (!ended && isUnderWay(reading)) return;
    } catch (error) {
      log().warn(`The deployment of ${endpoint} cannot be followed now: ${messageOf(error)}`);
      return;
    }
    this.following.get(key)?.dispose();
    this.following.delete(key);
    await this.services.watcher.refresh(key);
  }

  private async say(endpoint: string, connection: Connection, { outcome, title, reason }: Verdict): Promise<void> {
    const show = 'Show Endpoint';
    const text = `${endpoint}: ${title}${reason ? `. ${reason}` : '.'}`;
    const answer =
      outcome === 'deployed'
        ? await window.showInformationMessage(text, show)
        : await window.showErrorMessage(text, show);
    if (answer === show) await commands.executeCommand('mlopsFlow.openEndpoint', endpoint, connection.id);
  }
}

/** Asks the new version once, where the environment names a sample. */
async function sendSample(session: Session, journal: Journal, record: DeploymentRecord): Promise<void> {
  if (record.environment === undefined) return;
  const environment = (await readEnvironments()).find(({ name }) => name === record.environment);
  const path = environment?.deployment.sample;
  if (!environment || path === undefined) return;
  const { problem } = await outcomeOf(
    readFile(join(environment.root, path), 'utf8').then((text) =>
      smoke(session, journal, record, sampleOf(path, text)),
    ),
  );
  if (problem) log().warn(`The sample could not be sent to ${record.endpoint}: ${problem.message}`);
}
