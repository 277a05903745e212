/** What the rows of the Endpoints view are made of, loaded with the first look at it. */
import { commands, MarkdownString, window } from 'vscode';
import { abreast, type Connection, type Outcome, outcomeOf, type Paged, type Session } from '../aws';
import { expiryWords } from '../shared/expiry';
import { formatAge, formatDuration, formatTime } from '../shared/format';
import { rowIcon } from '../shared/status';
import { briefOf, contextKeys, messageRow, type Reading } from '../workbench';
import { type EndpointDetails, readDetails } from './details';
import { isDryRun } from './dry-run';
import { isBusy } from './model/verdict';
import { endpointFace } from './model/words';
import type { EndpointRow } from './rows';
import { type Component, listComponents, type ListedEndpoint, listTargets, pageEndpoints } from './service';
import type { RoomServices } from './services';

/** Milliseconds between looks at the endpoints of AWS while nothing of them changes. */
const awsInterval = 60_000;
const localInterval = 2_000;
/** Endpoints that are described side by side. */
const most = 4;
/** An endpoint that nobody has called for so long is called idle, in milliseconds. */
const idleAfter = 24 * 3_600_000;

/** What the tree tells of an endpoint; as long as it is being read, what the list says. */
interface ListedState {
  name: string;
  status: string;
  state?: Outcome<EndpointDetails>;
}

/** The endpoints as they are listed, and what is told of each. */
interface Endpoints {
  listed: Paged<ListedEndpoint>;
  states: readonly ListedState[];
}

/** The readings of endpoints and of what serves on them. */
export class EndpointReadings {
  /** Endpoints whose time is over, and of which this was said. */
  private readonly said = new Set<string>();

  constructor(private readonly services: RoomServices) {}

  /** Says once that an endpoint was to be gone, and offers to delete it. */
  private async remind(connection: Connection, { name, state }: ListedState): Promise<void> {
    const value = state?.value;
    const key = `${connection.id} ${name} ${value?.expires ?? ''}`;
    if (!value || !isPast(value) || this.said.has(key)) return;
    this.said.add(key);
    const [drop, later] = ['Delete Endpoint…', 'Set Expiry…'];
    const text = `The endpoint ${name} on ${connection.label} was to be gone by ${formatTime(value.expires ?? 0)}.`;
    const row = { endpoint: name, connection };
    const answer = await window.showWarningMessage(text, drop, later);
    if (answer === drop) await commands.executeCommand('mlopsFlow.deleteEndpoint', row);
    if (answer === later) await commands.executeCommand('mlopsFlow.setEndpointExpiry', row);
  }

  endpoints(connection: Connection): Reading<Session, Endpoints> {
    return {
      id: 'endpoints',
      loading: 'Looking for endpoints…',
      interval: (state) => {
        const calm = connection.kind === 'local' ? localInterval : awsInterval;
        return state?.states.some(({ status }) => isBusy(status)) ? this.services.pollInterval(connection) * 2 : calm;
      },
      read: async (session, _signal, before, pages, show) => {
        const endpoints = await readAll(session, pages, before, show);
        for (const each of endpoints.states) void this.remind(connection, each);
        return endpoints;
      },
      more: ({ listed }) => listed.next !== undefined,
      rows: (endpoints) => {
        const states = endpoints?.states ?? [];
        if (endpoints) contextKeys.set('mlopsFlow.endpoints', states.length === 0 ? 'none' : 'some');
        return states.map((endpoint) => endpointRow(connection, endpoint));
      },
    };
  }
}

/** The endpoints as one request lists them are shown at once; what is told of each comes after. */
async function readAll(
  session: Session,
  pages: number,
  before: Endpoints | undefined,
  show: (endpoints: Endpoints) => void,
): Promise<Endpoints> {
  const known = new Map(before?.states.map((each) => [each.name, each.state]));
  const listed = await pageEndpoints(session, pages, before?.listed);
  const shown = listed.items.filter(({ name }) => !isDryRun(name));
  const states = shown.map(({ name, status }): ListedState => {
    const state = known.get(name);
    return { name, status, ...(state ? { state } : {}) };
  });
  show({ listed, states: [...states] });
  await abreast([...shown.entries()], most, async ([index, { name, status, changed }]) => {
    const state = await outcomeOf(readDetails(session, name, known.get(name)?.value, changed));
    states[index] = { name, status: state.value?.state.status ?? status, state };
  });
  return { listed, states };
}

function endpointRow(connection: Connection, { name, status, state }: ListedState): EndpointRow {
  const details = state?.value;
  const face = endpointFace(status);
  const about = state?.problem
    ? [briefOf(state.problem)]
    : [
        details?.label ?? '',
        status === 'InService' ? traffic(details) : face.word,
        ...(details?.expires === undefined ? [] : [expiryWords(details.expires, Date.now())]),
        ...(details?.missing.length ? ['references are gone'] : []),
        ...(details?.problems.length ? ['not all could be read'] : []),
      ];
  const description = about.filter((part) => part !== '').join(' · ');
  return {
    id: `endpoint ${name}`,
    label: name,
    description,
    icon:
      details && status === 'InService' && (details.missing.length > 0 || isPast(details))
        ? { icon: 'warning', color: 'charts.yellow' }
        : rowIcon(face),
    context: [
      'endpoint',
      ...(status === 'Deleting' ? [] : ['deletable']),
      ...(status === 'InService' ? ['callable'] : []),
    ].join(' '),
    accessibleLabel: `Endpoint ${name}, ${description}`,
    resolveTooltip: () => Promise.resolve(tooltipOf(name, status, state ?? {})),
    command: { command: 'mlopsFlow.openEndpoint', title: 'Open Endpoint', arguments: [name, connection.id] },
    connection,
    endpoint: name,
    ...(details ? modelsBelow(connection, name, details) : {}),
  };
}

/** What serves beside each other: inference components, or the archives of a multi-model endpoint. */
function modelsBelow(
  connection: Connection,
  endpoint: string,
  { hasComponents, targets }: EndpointDetails,
): Pick<EndpointRow, 'below'> {
  const interval = (): number => (connection.kind === 'local' ? localInterval : awsInterval);
  if (hasComponents) {
    const below: Reading<Session, readonly Component[]> = {
      id: `components ${endpoint}`,
      loading: 'Looking for inference components…',
      interval,
      read: (session) => listComponents(session, endpoint),
      rows: (components = []) =>
        components.map(({ name, status, variant }) => ({
          id: `component ${endpoint} ${name}`,
          label: name,
          description: [status, variant].filter((part) => part !== '').join(' · '),
          icon: rowIcon(endpointFace(status)),
          accessibleLabel: `Inference component ${name}, ${status}`,
        })),
      empty: messageRow(
        `components ${endpoint} none`,
        'No inference component: the endpoint answers nothing yet. Create one with the SDK.',
      ),
    };
    return { below };
  }
  if (targets === undefined) return {};
  const below: Reading<Session, readonly string[]> = {
    id: `targets ${endpoint}`,
    loading: 'Looking for models…',
    interval,
    read: (session) => listTargets(session, targets),
    rows: (names = []) =>
      names.map((name) => ({
        id: `target ${endpoint} ${name}`,
        label: name,
        description: 'TargetModel',
        icon: { icon: 'package' },
        accessibleLabel: `Model ${name} of ${endpoint}`,
      })),
    empty: messageRow(`targets ${endpoint} none`, `There is no model in ${targets}.`),
  };
  return { below };
}

/** It was to be gone by now. */
function isPast({ expires }: EndpointDetails): boolean {
  return expires !== undefined && expires <= Date.now();
}

/** Whether anybody calls it, and on how many instances it waits. */
function traffic(details: EndpointDetails | undefined): string {
  if (!details) return '';
  const { state, called } = details;
  const instances = state.fleets.reduce((sum, { current = 0 }) => sum + current, 0);
  const size = instances === 0 ? '' : `${instances} ${instances === 1 ? 'instance' : 'instances'}`;
  const now = Date.now();
  const age = now - (state.created ?? now);
  if (called.problem || age < idleAfter) return size;
  if (called.value === undefined)
    return `${size ? `${size}, ` : ''}idle for ${formatDuration(Math.min(age, 14 * 86_400_000))}`;
  return now - called.value > idleAfter ? `${size ? `${size}, ` : ''}idle since ${formatTime(called.value)}` : size;
}

function tooltipOf(
  name: string,
  status: string,
  { value, problem }: Partial<Outcome<EndpointDetails>>,
): MarkdownString {
  const text = new MarkdownString();
  text.appendMarkdown(`**${name}** — ${endpointFace(status).word}\n\n`);
  if (problem) text.appendText(problem.message);
  if (!value) return text;
  const { state, label, missing, problems, called, scaling } = value;
  text.appendText(`Serves ${label}\n`);
  for (const { variant, current, desired, instanceType } of state.fleets) {
    if (current !== undefined) {
      text.appendText(
        `\n${variant}: ${current} of ${desired ?? current} instances${instanceType ? ` ${instanceType}` : ''}\n`,
      );
    }
  }
  if (scaling) text.appendText(`\nAutoscaling: ${scaling}\n`);
  for (const each of missing) text.appendText(`\n${each}\n`);
  for (const each of problems) text.appendText(`\n${each.message}\n`);
  if (value.expires !== undefined) {
    text.appendText(`\nTo be gone by ${formatTime(value.expires)}: ${expiryWords(value.expires, Date.now())}\n`);
  }
  if (state.created !== undefined) {
    const hours = (Date.now() - state.created) / 3_600_000;
    const instances = state.fleets.reduce((sum, { current = 0 }) => sum + current, 0);
    text.appendText(`\nCreated ${formatAge(state.created, Date.now())}`);
    if (instances > 0) text.appendText(`, about ${Math.round(hours * instances)} instance-hours with what it has now`);
  }
  if (!called.problem) {
    text.appendText(
      called.value === undefined
        ? '\n\nNo request in the last two weeks'
        : `\n\nLast request in the hour of ${formatTime(called.value)}`,
    );
  }
  if (state.reason) text.appendText(`\n\n${state.reason}`);
  return text;
}
