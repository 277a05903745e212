/** What Terraform calls a pipeline of CodePipeline, in the members of the service's own declaration. */
import { checkDeclaration } from '../codepipeline';
import type { Report } from '../rule';
import type { Node } from '../tree';
import { listed } from './definitions';
import { inTerraform } from './terraform-edits';
import { isArtifactList, isListOfBlocks, ownMembers, serviceMember, typeMembers } from './terraform-names';
import { type Translated, Translation } from './translation';

/** Members whose own members have names that the writer or the provider of an action chooses. */
const kept = new Set(['configuration']);

const known = new WeakMap<Node, Translated>();

/** The body of an aws_codepipeline as the service's declaration. */
export function translatedPipeline(body: Node): Translated {
  let found = known.get(body);
  if (!found) {
    const translation = new PipelineTranslation();
    found = { node: translation.pipeline(body), origin: translation.origin };
    known.set(body, found);
  }
  return found;
}

/** Checks the body of an aws_codepipeline; one with blocks that Terraform makes is left alone. */
export function checkTerraformPipeline(body: Node, report: Report): void {
  let isWorkedOut = false;
  body.each(({ key }) => (isWorkedOut ||= key === 'dynamic'));
  if (isWorkedOut) return;
  const { node: declaration, origin } = translatedPipeline(body);
  checkDeclaration(declaration, (finding) => {
    if (isFilledIn(finding.node) || finding.related?.some(({ node }) => isFilledIn(node)) === true) return;
    report(inTerraform(finding, origin));
  });
}

function isFilledIn({ text, key }: Node): boolean {
  return text?.includes('${') === true || String(key).includes('${');
}

class PipelineTranslation extends Translation {
  pipeline(body: Node): Node {
    const made = this.made('object', body);
    const stores = listed(body.get('artifact_store'));
    for (const member of body.members) {
      const name = String(member.key);
      if (ownMembers.has(name) || name === 'artifact_store') continue;
      this.add(made, this.value(member), serviceMember(name));
    }
    const [store] = stores;
    if (store && stores.length === 1) this.add(made, this.object(store), 'artifactStore');
    if (store && stores.length > 1) {
      const byRegion = this.made('object', store);
      for (const one of stores) this.add(byRegion, this.object(one, 'region'), one.get('region')?.text ?? '');
      this.add(made, byRegion, 'artifactStores');
    }
    return made;
  }

  private value(node: Node): Node {
    const name = String(node.key);
    if (kept.has(name)) return this.texts(node.kind === 'array' ? (node.items[0] ?? node) : node);
    if (isArtifactList(name)) return this.artifacts(node);
    if (isListOfBlocks(name)) {
      const list = this.made('array', node);
      for (const block of listed(node)) this.add(list, this.object(block), list.children.length);
      return list;
    }
    const [first] = node.items;
    // A block that may stand once.
    if (first?.kind === 'object' && node.items.length === 1) return this.object(first);
    return node.kind === 'object' ? this.object(node) : this.copy(node);
  }

  private object(node: Node, without?: string): Node {
    if (node.kind !== 'object') return this.copy(node);
    const made = this.made('object', node);
    const isAction = node.get('category') !== undefined && node.get('name') !== undefined;
    const type = isAction ? this.made('object', node) : undefined;
    for (const member of node.members) {
      const name = String(member.key);
      if (name === without) continue;
      if (type && typeMembers.some((each) => each === name)) this.add(type, this.copy(member), name);
      else this.add(made, this.value(member), serviceMember(name));
    }
    if (type) this.add(made, type, 'actionTypeId');
    return made;
  }

  private artifacts(node: Node): Node {
    const list = this.made(node.kind, node);
    for (const item of node.items) {
      const artifact = this.made('object', item);
      this.add(artifact, this.copy(item), 'name');
      this.add(list, artifact, list.children.length);
    }
    return list;
  }

  /** A map of texts: Terraform takes numbers and truth values for these. */
  private texts(node: Node): Node {
    const made = this.made(node.kind, node);
    for (const child of node.children) {
      const isScalar = child.kind === 'number' || child.kind === 'boolean';
      this.add(made, isScalar ? this.made('string', child, String(child.value)) : this.copy(child), child.key ?? '');
    }
    return made;
  }
}
