import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, Uri, window, workspace } from 'vscode';
import { type Connection, connectionOf, local, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { messageOf, settings, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { programOf, repacked } from '../../archive';
import { begin } from '../../deploy';
import { dryRun, type Sample, sampleOf } from '../../dry-run';
import { type DeployEnvironment, readEnvironments } from '../../environments';
import { type Draft, draftFields, type DraftProblem, firstDraft, gatesOf, readDraft } from '../../model/draft';
import { formatPlan } from '../../model/formats';
import { callsOf, type Plan, planOf, traitsOf, type Wish } from '../../model/plan';
import { guardrailsRefusal, offersFor } from '../../model/strategy';
import { changesOf } from '../../model/changes';
import { type Need, needOf } from '../../model/quota';
import { alarmCheck, type Check, preflight } from '../../preflight';
import { type Existing, readStanding, readVersion, type Version } from '../../prepare';
import { statusRefusal } from '../../model/verdict';
import { QuotaCheck } from '../../quotas';
import { kindOf } from '../../reading';
import { getObject, listEndpoints } from '../../service';
import type { RoomServices } from '../../services';
import { localSpeed } from '../../speed';
import type {
  DeploymentArguments,
  DeploymentForm,
  DeploymentToHost,
  DeploymentToPanel,
  DryRunState,
  FormDraft,
  Preview,
} from './contract';
import { isDeploymentToHost } from './messages';

/** The environment that stands for the connection that the version is on. */
const ownConnection = '';
const localRole = 'arn:aws:iam::000000000000:role/execution';
/** Local launches in seconds what AWS launches in minutes. */
const localPace = { launch: 5, remove: 1 };

/** What the form stands on. */
interface Prepared {
  version: Version;
  environments: Map<string, DeployEnvironment>;
  form: DeploymentForm;
}

/** Shows what a deployment would do, and begins it. */
export class DeploymentController implements PanelController<DeploymentToPanel, DeploymentToHost> {
  readonly accepts = isDeploymentToHost;
  private readonly connection: Connection;
  private prepared: Prepared | undefined;
  private environment = ownConnection;
  private draft: Draft | undefined;
  /** The endpoint that the draft names, as it is now. */
  private existing: { endpoint: string; found: Existing | undefined; problem?: string } | undefined;
  private plan: Plan | undefined;
  private wish: Wish | undefined;
  private blockers: string[] = [];
  private preview: Preview | undefined;
  private checks: { role: string; found?: Check[] } | undefined;
  /** The checks that follow the draft, by their ids. */
  private readonly following = new Map<'quota' | 'alarms', { key: string; found?: Check | undefined }>();
  private readonly quotas = new QuotaCheck(() => this.session());
  private dryRun: DryRunState = { state: 'idle' };
  private progress: { busy: boolean; problem?: string } = { busy: false };
  private turn = 0;
  private readonly closed = new AbortController();
  private readonly switches: { dispose(): void };

  constructor(
    private readonly services: RoomServices,
    private readonly panel: Panel<DeploymentArguments, DeploymentToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.switches = services.connections.onDidChange(() => {
      this.existing = undefined;
    });
    void this.prepare();
  }

  state(): DeploymentToPanel[] {
    const { prepared, preview, progress } = this;
    if (!prepared) return progress.problem ? [{ type: 'progress', ...progress }] : [];
    return [
      { type: 'form', form: prepared.form },
      ...(preview ? [{ type: 'preview' as const, preview }] : []),
      this.checksMessage(),
      { type: 'dryRun', dryRun: this.dryRun },
      { type: 'progress', ...progress },
    ];
  }

  async receive(message: DeploymentToHost): Promise<void> {
    switch (message.type) {
      case 'draft':
        return this.change(message.environment, message.draft);
      case 'deploy':
        return this.deploy();
      case 'dryRun':
        return this.tryOut(message.body, message.contentType);
      case 'copy':
        return this.copy(message.format);
      case 'transform':
        this.services.openTransform({ model: this.panel.args.model }, this.connection);
        return this.panel.close();
      case 'repack':
        return this.repack();
      case 'cancel':
        return this.panel.close();
    }
  }

  dispose(): void {
    this.closed.abort();
    this.switches.dispose();
  }

  private session(connection: Connection = this.connection): Promise<Session> {
    return this.services.connections.session(connection, this.closed.signal);
  }

  /** Reads version, environments and endpoints; the rest follows what is filled in. */
  private async prepare(): Promise<void> {
    try {
      const session = await this.session();
      const { model, endpoint, reuse } = this.panel.args;
      const [version, all, endpoints] = await Promise.all([
        readVersion(session, model),
        readEnvironments(),
        outcomeOf(listEndpoints(session)),
      ]);
      const environments = new Map(all.map((environment) => [environment.name, environment]));
      const suited = all.find(({ connection, problem }) => connection.id === this.connection.id && !problem);
      this.environment = suited?.name ?? ownConnection;
      const config = suited?.deployment ?? {};
      const name = endpoint ?? config.endpoint ?? version.group;
      const existing = await this.read(name);
      this.draft = firstDraft(name, this.roleOf(existing, config.role), config, knownOf(existing));
      this.prepared = {
        version,
        environments,
        form: {
          version: `${version.group} version ${version.version}`,
          approval: version.approval,
          environments: [
            { id: ownConnection, label: this.connection.label, connection: this.connection.label },
            ...all.map((environment) => ({
              id: environment.name,
              label: environment.name,
              connection: environment.connection.label,
              ...this.refusalOf(environment),
            })),
          ],
          environment: this.environment,
          endpoints: (endpoints.value ?? []).map((listed) => listed.name),
          draft: this.draft,
          isRollback: reuse !== undefined,
        },
      };
      this.progress = { busy: false };
      this.panel.title = `Deploy ${version.group} v${version.version}`;
      for (const message of this.state()) this.panel.update(message);
      await this.remake();
    } catch (error) {
      this.progress = { busy: false, problem: messageOf(error) };
      this.panel.update({ type: 'progress', ...this.progress });
    }
  }

  /** A version lies in one account and region, and an endpoint serves it from there. */
  private refusalOf({ connection, problem }: DeployEnvironment): { problem?: string } {
    if (problem) return { problem };
    if (connection.id === this.connection.id) return {};
    return {
      problem: `This version is on ${this.connection.label}, and the environment on ${connection.label}. Run the pipeline there, or register the version there.`,
    };
  }

  private roleOf(existing: Existing | undefined, configured: string | undefined): string {
    const ofModel = existing?.served.models[0]?.doc?.ExecutionRoleArn;
    const setting = settings('pipelines.roleArn');
    return configured ?? ofModel ?? (setting || (this.connection.kind === 'local' ? localRole : ''));
  }

  private async read(endpoint: string): Promise<Existing | undefined> {
    if (this.existing?.endpoint === endpoint && !this.existing.problem) return this.existing.found;
    const { value, problem } = await outcomeOf(readStanding(await this.session(), endpoint));
    this.existing = { endpoint, found: value, ...(problem ? { problem: problem.message } : {}) };
    return value;
  }

  private async change(environment: string, texts: FormDraft): Promise<void> {
    const { prepared } = this;
    if (!prepared || !this.draft) return;
    const before = this.draft;
    const other = environment !== this.environment;
    this.environment = environment;
    this.draft = { ...before, ...known(texts) };
    if (other) {
      const config = prepared.environments.get(environment)?.deployment ?? {};
      const name = this.panel.args.endpoint ?? config.endpoint ?? this.draft.endpoint;
      const existing = await this.read(name);
      this.draft = firstDraft(name, this.roleOf(existing, config.role), config, knownOf(existing));
    } else if (texts['endpoint'] !== before.endpoint && texts['endpoint'] !== undefined) {
      const existing = await this.read(texts['endpoint']);
      if (existing) {
        const { kind, instances, instanceType } = knownOf(existing) ?? {};
        this.draft = {
          ...this.draft,
          kind: kind ?? this.draft.kind,
          instances: String(instances ?? this.draft.instances),
          instanceType: instanceType ?? this.draft.instanceType,
        };
      }
    }
    prepared.form = { ...prepared.form, environment, draft: this.draft };
    if (JSON.stringify(this.draft) !== JSON.stringify({ ...before, ...known(texts) })) {
      this.panel.update({ type: 'form', form: prepared.form });
    }
    await this.remake();
  }

  /** Makes plan and preview anew, and the checks where they depend on what has changed. */
  private async remake(): Promise<void> {
    const { prepared, draft } = this;
    if (!prepared || !draft) return;
    const turn = ++this.turn;
    const found = await this.read(draft.endpoint);
    if (turn !== this.turn) return;
    this.show(prepared, draft, found);
    await Promise.all([
      this.checks?.role === draft.role ? undefined : this.check(prepared.version, draft.role),
      this.checkQuota(found?.standing),
      this.checkAlarms(found?.standing),
    ]);
  }

  private show({ version, environments, form }: Prepared, draft: Draft, found: Existing | undefined): void {
    const standing = found?.standing;
    const { reuse, isPromotion } = this.panel.args;
    const read = readDraft(draft, version, standing, reuse);
    const { problems } = read;
    const wish = isPromotion ? { ...read.wish, isPromotion } : read.wish;
    const pace = this.connection.kind === 'local' ? localPace : undefined;
    const plan = planOf(wish, standing, new Date(), pace);
    const traits = traitsOf(wish, standing);
    const speed = localSpeed(this.connection);
    const noGuardrails = guardrailsRefusal(traits);
    const environment = environments.get(this.environment);
    const refused = form.environments.find(({ id }) => id === this.environment)?.problem;
    const busy = found && statusRefusal(found.status);
    const inTheWay: DraftProblem[] = [
      ...(refused ? [{ severity: 'error' as const, text: refused }] : []),
      ...(this.existing?.problem ? [{ severity: 'error' as const, text: this.existing.problem }] : []),
      ...(busy === undefined ? [] : [{ severity: 'error' as const, field: 'endpoint' as const, text: busy }]),
      ...gatesOf(environment?.deployment ?? {}, {
        isApproved: version.approval === 'Approved',
        hasDryRun: this.services.tried.has(version.arn),
        alarms: wish.alarms.length,
        isUpdate: standing !== undefined,
      }).map((text) => ({ severity: 'error' as const, text })),
      ...problems,
    ];
    this.plan = plan;
    this.wish = wish;
    this.blockers = inTheWay.filter(({ severity }) => severity === 'error').map(({ text }) => text);
    this.preview = {
      ...(standing ? { now: { label: standing.label, config: standing.config, instances: standing.instances } } : {}),
      changes: changesOf(plan, wish, standing),
      offers: offersFor(traits),
      ...(noGuardrails === undefined ? {} : { noGuardrails }),
      problems: inTheWay,
      notes: [
        ...plan.notes,
        ...(isPromotion ? ['The version is in the shadow now. It takes over, and the shadow goes.'] : []),
        ...(speed > 1 ? [`Local goes ${speed} times as fast as this says: mlopsFlow.local.speed.`] : []),
        ...(found?.unknown ?? []),
      ],
      timeline: plan.timeline,
      fleet: plan.fleet,
      calls: callsOf(plan).map(({ service, operation, purpose, input }) => ({
        service,
        operation,
        purpose,
        input: JSON.stringify(input, undefined, 2),
      })),
    };
    this.panel.update({ type: 'preview', preview: this.preview });
  }

  private async check(version: Version, role: string): Promise<void> {
    const checks: NonNullable<typeof this.checks> = { role };
    this.checks = checks;
    this.panel.update({ type: 'checks' });
    const { value, problem } = await outcomeOf(this.session().then((session) => preflight(session, version, role)));
    if (this.checks !== checks) return;
    checks.found = value ?? [{ id: 'archive', title: 'Checks', state: 'unknown', text: problem?.message ?? '' }];
    this.panel.update(this.checksMessage());
  }

  private checkQuota(standing: Existing['standing'] | undefined): Promise<void> {
    const { plan, wish } = this;
    if (!plan || !wish) return Promise.resolve();
    const need: Need = needOf(plan, wish, standing);
    return this.checkFor('quota', 'Quota', JSON.stringify(need), () => this.quotas.of(need));
  }

  private checkAlarms(standing: Existing['standing'] | undefined): Promise<void> {
    const { plan, wish } = this;
    if (!plan || !wish) return Promise.resolve();
    const key = JSON.stringify([plan.endpoint, plan.alarms, wish.alarms.map(({ metric }) => metric)]);
    return this.checkFor('alarms', 'Alarms', key, async () => alarmCheck(await this.session(), plan, wish, standing));
  }

  /** Makes a check that depends on the draft, where what it depends on has changed. */
  private async checkFor(
    id: 'quota' | 'alarms',
    title: string,
    key: string,
    make: () => Promise<Check | undefined>,
  ): Promise<void> {
    if (this.following.get(id)?.key === key) return;
    const made: { key: string; found?: Check | undefined } = { key };
    this.following.set(id, made);
    const { value, problem } = await outcomeOf(make());
    if (this.following.get(id) !== made) return;
    made.found = problem ? { id, title, state: 'unknown', text: problem.message } : value;
    this.panel.update(this.checksMessage());
  }

  /** The checks that have been made; undefined while the first ones are. */
  private checksMessage(): DeploymentToPanel {
    const checks = this.checks?.found;
    const more = [...this.following.values()].flatMap(({ found }) => found ?? []);
    return { type: 'checks', ...(checks ? { checks: [...checks, ...more] } : {}) };
  }

  /** Saves the archive as containers look for it. */
  private async repack(): Promise<void> {
    const { prepared } = this;
    const { data, environment } = prepared?.version ?? {};
    if (data === undefined || !environment) return;
    const packed = await repacked(await getObject(await this.session(), data), programOf(environment));
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      title: 'Repacked Archive',
      saveLabel: 'Save',
      ...(folder ? { defaultUri: Uri.joinPath(folder, 'model.tar.gz') } : {}),
    });
    if (!target) return;
    await workspace.fs.writeFile(target, packed);
    void window.showInformationMessage(
      'Saved the archive with its script in code. Upload it, and register it as a new version: a version keeps its archive.',
    );
  }

  /** Serves the archive on this machine and asks it once. */
  private async tryOut(body: string | undefined, contentType: string | undefined): Promise<void> {
    const { prepared } = this;
    if (!prepared || this.dryRun.state === 'running') return;
    if (!workspace.isTrusted) {
      throw new UserError('A dry run executes the script of the model. Trust the workspace first.', {
        title: 'Manage Trust',
        command: 'workbench.trust.manage',
      });
    }
    this.tell({ state: 'running', text: 'Serving the archive on this machine…' });
    try {
      const sample = body ? { body, contentType: contentType ?? 'application/json' } : await this.sample(prepared);
      const [from, here] = await Promise.all([this.session(), this.session(local)]);
      const result = await dryRun(here, from, prepared.version, sample, this.closed.signal);
      if (result.isGood) this.services.tried.add(prepared.version.arn);
      const times = [
        ...(result.startup === undefined ? [] : [`ready after ${seconds(result.startup)}`]),
        ...(result.latency === undefined ? [] : [`answered in ${Math.round(result.latency)} ms`]),
      ].join(', ');
      this.tell({
        state: result.isGood ? 'passed' : 'failed',
        text: times ? `${result.text} (${times})` : result.text,
        ...(result.answer === undefined ? {} : { answer: result.answer }),
        ...(result.log ? { log: result.log } : {}),
      });
      await this.remake();
    } catch (error) {
      this.tell({ state: 'failed', text: messageOf(error) });
    }
  }

  /** The request that the environment's configuration names. */
  private async sample({ environments }: Prepared): Promise<Sample | undefined> {
    const environment = environments.get(this.environment);
    const path = environment?.deployment.sample;
    if (!environment || path === undefined) return undefined;
    const { value, problem } = await outcomeOf(readFile(join(environment.root, path), 'utf8'));
    if (problem) throw new UserError(`The sample ${path} of .mlops/config.json cannot be read: ${problem.message}`);
    return sampleOf(path, value);
  }

  private async deploy(): Promise<void> {
    const { prepared, draft } = this;
    if (!prepared || !draft || this.progress.busy) return;
    this.report(true);
    try {
      // What the endpoint is may have changed since the form was filled in.
      this.existing = undefined;
      const found = await this.read(draft.endpoint);
      this.show(prepared, draft, found);
      const { plan, wish, blockers } = this;
      if (!plan || !wish || blockers[0] !== undefined) throw new UserError(blockers[0] ?? 'The form is not complete.');
      const session = await this.session();
      await this.checkAccount(session, prepared);
      const text = `Deploy ${prepared.form.version} to ${plan.endpoint}?`;
      if (!(await confirmChange(session, { text, action: 'Deploy', always: true }))) return this.report(false);
      const journal = await this.services.journal(session);
      await begin(session, journal, plan, {
        model: wish.model.arn,
        standing: found?.standing,
        ...(this.environment === ownConnection ? {} : { environment: this.environment }),
        isRollback: prepared.form.isRollback,
      });
      this.services.follow(plan.endpoint, this.connection);
      this.services.changed();
      this.panel.close();
      this.services.openEndpoint(plan.endpoint, this.connection);
    } catch (error) {
      this.report(false, messageOf(error));
    }
  }

  private async checkAccount(session: Session, { environments }: Prepared): Promise<void> {
    const wanted = environments.get(this.environment)?.account;
    if (wanted === undefined) return;
    const { account } = await session.identity();
    if (account !== wanted) {
      throw new UserError(
        `The connection of ${this.environment} leads to account ${account}, not ${wanted}. Correct the profile in your AWS configuration, or the account in .mlops/config.json.`,
      );
    }
  }

  private async copy(format: 'json' | 'cli' | 'cloudformation'): Promise<void> {
    if (!this.plan) return;
    await env.clipboard.writeText(formatPlan(this.plan, format));
    const what = { json: 'the calls', cli: 'the commands', cloudformation: 'the template' }[format];
    void window.showInformationMessage(`Copied ${what} of this plan.`);
  }

  private tell(state: DryRunState): void {
    this.dryRun = state;
    this.panel.update({ type: 'dryRun', dryRun: state });
  }

  private report(busy: boolean, problem?: string): void {
    this.progress = { busy, ...(problem ? { problem } : {}) };
    this.panel.update({ type: 'progress', ...this.progress });
  }
}

function knownOf(existing: Existing | undefined): Parameters<typeof firstDraft>[3] {
  if (!existing) return undefined;
  const { standing, served } = existing;
  const type = standing.base.ProductionVariants[0]?.InstanceType;
  return { kind: kindOf(served), instances: standing.instances, ...(type ? { instanceType: type } : {}) };
}

function known(texts: FormDraft): Partial<Draft> {
  return Object.fromEntries(
    draftFields.flatMap((field) => (texts[field] === undefined ? [] : [[field, texts[field]]])),
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
