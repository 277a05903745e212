/** Weights of the variants in production, and the shadow: what a change would call, and the change itself. */
import { timedName } from '../../../shared/names';
import { confirmChange } from '../../../aws/confirm';
import { type Connection, type Session } from '../../../aws';
import { messageOf, UserError } from '../../../workbench';
import { begin } from '../../deploy';
import type { Plan, Standing } from '../../model/plan';
import { timelineOf } from '../../model/timeline';
import type { Strategy } from '../../model/strategy';
import { type Change, shadowChange, sharesOf, weightChange, withoutShadow } from '../../model/variants';
import { readStanding } from '../../prepare';
import type { EndpointReading } from '../../reading';
import { listVersions, makeCall } from '../../service';
import type { RoomServices } from '../../services';
import type { ChangeView, EndpointToHost, VersionChoice } from './contract';

export type VariantMessage = Extract<
  EndpointToHost,
  {
    type:
      | 'readVersions'
      | 'planWeights'
      | 'planShadow'
      | 'planNoShadow'
      | 'promoteShadow'
      | 'makeChange'
      | 'dropChange';
  }
>;

/** Without guardrails a new fleet takes over all at once. */
const atOnce: Strategy = {
  kind: 'all-at-once',
  size: { unit: 'percent', value: 100 },
  interval: 0,
  bake: 0,
  timeout: 3600,
};

interface Services {
  room: RoomServices;
  connection: Connection;
  session(): Promise<Session>;
  reading(): EndpointReading | undefined;
  changed(): Promise<void>;
  change(view: ChangeView | undefined): void;
  versions(versions: VersionChoice[]): void;
}

/** What is planned: the calls, and how an update among them is told in the record. */
interface Planned {
  change: Exclude<Change, { problem: string }>;
  update?: { plan: Plan; standing: Standing; model: string };
}

export class Variants {
  view: ChangeView | undefined;
  private planned: Planned | undefined;

  constructor(
    private readonly endpoint: string,
    private readonly services: Services,
  ) {}

  async receive(message: VariantMessage): Promise<void> {
    switch (message.type) {
      case 'readVersions':
        return this.readVersions();
      case 'planWeights':
        return this.planWeights(message.weights);
      case 'planShadow':
        return this.planShadow(message);
      case 'planNoShadow':
        return this.planUpdate('', (name, standing) => ({
          change: withoutShadow(this.endpoint, name, standing),
          label: standing.label,
        }));
      case 'promoteShadow':
        return this.promote();
      case 'makeChange':
        return this.make();
      case 'dropChange':
        return this.show(undefined);
    }
  }

  /** The versions that a shadow can be made of: those of the group that is served. */
  private async readVersions(): Promise<void> {
    const served = this.services.reading()?.serving?.models.find(({ version }) => version)?.version;
    const group = /:model-package\/([^/]+)\/\d+$/.exec(served ?? '')?.[1];
    const versions = await listVersions(await this.services.session());
    this.services.versions(
      versions
        .filter((each) => group === undefined || each.group === group)
        .filter(({ arn }) => arn !== served)
        .map(({ arn, version, approval, group: of }) => ({
          arn,
          label: `v${version}`,
          text: `${of} version ${version}, ${approval}`,
        })),
    );
  }

  private planWeights(weights: Record<string, string>): void {
    const fleets = this.services.reading()?.state?.fleets ?? [];
    const change = weightChange(this.endpoint, sharesOf(fleets), weights);
    this.show(goodOf(change));
  }

  private async planShadow({ version, label, percent, instances }: Extract<VariantMessage, { type: 'planShadow' }>) {
    const role = this.services.reading()?.serving?.models[0]?.doc?.ExecutionRoleArn;
    if (role === undefined) throw new UserError('The model of this endpoint is gone, and with it the role.');
    if (version === '') throw new UserError('Choose the version that is tried in the shadow.');
    await this.planUpdate(`-shadow-${label}`, (name, standing) => ({
      change: shadowChange(
        {
          endpoint: this.endpoint,
          version: { arn: version, label },
          percent: Number(percent),
          instances: Number(instances),
          role,
          name,
        },
        standing,
      ),
      label: `${standing.label} with ${label} as its shadow`,
    }));
  }

  /** Plans an update of the endpoint, which is followed and told as every deployment is. */
  private async planUpdate(
    suffix: string,
    make: (name: string, standing: Standing) => { change: Change; label: string },
  ): Promise<void> {
    const { standing } = (await readStanding(await this.services.session(), this.endpoint)) ?? {};
    if (!standing) throw new UserError(`There is no endpoint ${this.endpoint} any more.`);
    const name = timedName(
      `${this.endpoint.slice(0, 40 - suffix.length)}-${standing.label}${suffix}`.replaceAll(/[^\w-]|_/g, '-'),
    );
    const { change, label } = make(name, standing);
    const planned = goodOf(change);
    const [update] = planned.change.calls.slice(-1);
    if (!update) return;
    const plan: Plan = {
      endpoint: this.endpoint,
      isUpdate: true,
      config: name,
      label,
      prepare: planned.change.calls.slice(0, -1),
      update,
      finish: [],
      restore: [],
      timeline: timelineOf(atOnce, standing.instances),
      strategy: atOnce,
      fleet: standing.instances,
      alarms: [],
      notes: planned.change.notes,
    };
    this.show({ ...planned, update: { plan, standing, model: standing.model ?? '' } });
  }

  /** The version in the shadow takes over: a deployment as every other, with its form. */
  private async promote(): Promise<void> {
    const { serving } = this.services.reading() ?? {};
    const version = serving?.shadows[0]?.version;
    if (version === undefined) {
      throw new UserError('The shadow was not made of a registered version, so it cannot be deployed from here.');
    }
    this.services.room.openForm(
      { model: version, endpoint: this.endpoint, isPromotion: true },
      this.services.connection,
    );
  }

  private async make(): Promise<void> {
    const { planned } = this;
    if (!planned || this.view?.isBusy) return;
    const { change, update } = planned;
    const session = await this.services.session();
    if (!(await confirmChange(session, { text: `${change.title}?`, action: 'Change', always: true }))) return;
    this.tell({ ...viewOf(change), isBusy: true });
    try {
      if (update) {
        const journal = await this.services.room.journal(session);
        await begin(session, journal, update.plan, { model: update.model, standing: update.standing });
        this.services.room.follow(this.endpoint, this.services.connection);
      } else {
        for (const call of change.calls) await makeCall(session, call);
      }
      this.show(undefined);
      await this.services.changed();
    } catch (error) {
      this.tell({ ...viewOf(change), problem: messageOf(error) });
    }
  }

  private show(planned: Planned | undefined): void {
    this.planned = planned;
    this.tell(planned && viewOf(planned.change));
  }

  private tell(view: ChangeView | undefined): void {
    this.view = view;
    this.services.change(view);
  }
}

function goodOf(change: Change): Planned {
  if (change.problem !== undefined) throw new UserError(change.problem);
  return { change };
}

function viewOf({ title, notes, calls }: Planned['change']): ChangeView {
  return {
    title,
    notes,
    calls: calls.map(({ service, operation, purpose, input }) => ({
      service,
      operation,
      purpose,
      input: JSON.stringify(input, undefined, 2),
    })),
    isBusy: false,
  };
}
