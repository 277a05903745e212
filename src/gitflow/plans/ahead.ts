/** Asking the commit graph ahead of the planner, while git still looks through the work tree. */
import type { Graph } from '../git/graph';
import type { Configuration, FinishRequest, Request } from '../model/model';
import { baseOf, fullName } from '../model/names';

interface Known {
  graph: Graph;
  config: Configuration;
  refs: ReadonlyMap<string, string>;
  /** What is checked out, as `readHead` has it. */
  head: string | undefined;
}

/** Asks what the plan will want to know; the graph keeps the answers. A question in vain costs a process, no more. */
export function askAhead(known: Known, request: Request): void {
  if (request.action !== 'finish' || request.name === undefined) return;
  // An answer that fails here fails again where it is waited for.
  void Promise.allSettled(questions(known, request, request.name));
}

function questions({ graph, config, refs, head }: Known, { kind }: FinishRequest, name: string): Promise<unknown>[] {
  const { main, develop, origin } = config;
  const branch = fullName(config, kind, name);
  const base = baseOf(config, branch);
  const local = (of: string): string | undefined => refs.get(`refs/heads/${of}`);
  const topic = kind === 'feature' || kind === 'bugfix';
  const asked: Promise<unknown>[] = [...new Set([branch, base, ...(topic || base === main ? [] : [main])])].flatMap(
    (of) => {
      const mine = local(of);
      const theirs = refs.get(`refs/remotes/${origin}/${of}`);
      return mine === undefined || theirs === undefined ? [] : [graph.standing(mine, theirs)];
    },
  );
  asked.push(
    graph.subjects(`refs/heads/${config.flavour === 'avh' && kind === 'release' && base === develop ? main : base}`),
  );
  const tip = local(branch);
  const target = local(kind === 'release' && base === develop ? main : base);
  if (tip === undefined || target === undefined) return asked;
  asked.push(topic ? graph.count(target, tip, 2) : graph.contains(target, tip));
  // What git-flow checks out on its way from the branch, whose own files are there already.
  if (config.flavour !== 'avh' || head !== `refs/heads/${branch}`) return asked;
  const both = !topic && base === (kind === 'release' ? develop : main);
  const passed = new Set([target, ...(both ? [local(develop) ?? target] : [])]);
  passed.delete(tip);
  return [...asked, graph.added(tip, passed)];
}
