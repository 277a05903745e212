/**
 * The names that pipelines turned out to have when their programs ran: some cannot be read from a text, and of others
 * the text says one and the program makes another.
 */
import type { FoundPipeline } from '../../sources/find';

/** Where the names are kept with the workspace. */
export interface NameMemory {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): Thenable<void>;
}

/** What was read of a pipeline, and the name that it then had. */
interface MadeName {
  read: string | null;
  made: string;
}

const key = 'madeNames';
/** Names of so many programs are kept: those that were rendered last. */
const most = 200;

/** The names that were made in a workspace, by the folder of the project and what makes the pipeline. */
export class MadeNames {
  constructor(private readonly memory: NameMemory) {}

  /** The pipelines of a project with the names that they had last; one whose text reads otherwise by now has that name. */
  applied(root: string, pipelines: readonly FoundPipeline[]): FoundPipeline[] {
    const names = this.all();
    return pipelines.map((pipeline) => {
      const known = names[makerOf(root, pipeline)];
      if (!known || known.read !== (pipeline.name ?? null) || known.made === pipeline.name) return pipeline;
      return { ...pipeline, name: known.made };
    });
  }

  /**
   * Remembers how a pipeline was called when its program ran.
   * @param read the pipeline as its text was read
   * @returns false where nothing changed by it, or where the text has several pipelines that cannot be told apart
   */
  async keep(root: string, read: FoundPipeline, pipelines: readonly FoundPipeline[], made: string): Promise<boolean> {
    const own = makerOf(root, read);
    if (pipelines.filter((pipeline) => makerOf(root, pipeline) === own).length !== 1) return false;
    const { [own]: before, ...others } = this.all();
    const name: MadeName = { read: read.name ?? null, made };
    if (before ? before.read === name.read && before.made === made : made === read.name) return false;
    const kept = Object.entries(others).slice(1 - most);
    await this.memory.update(key, Object.fromEntries([...kept, [own, name]]));
    return true;
  }

  private all(): Record<string, MadeName> {
    return this.memory.get<Record<string, MadeName>>(key, {});
  }
}

/** What stays the same of a maker when lines are added above it. */
function makerOf(root: string, { path, maker }: FoundPipeline): string {
  const own = 'resource' in maker ? maker.resource : 'className' in maker ? maker.className : '';
  return [root, path, maker.kind, own, 'name' in maker ? maker.name : ''].join('\n');
}
