/** Named things and the places that name them: go to definition, find references, highlight, rename. */
import type { Range, TextEdit } from '../diagnostic';
import type { Node, Tree } from '../tree';

/** A name as it stands in the text: characters of a string's value, or a whole key. */
export interface Place {
  node: Node;
  /** Characters of the value; the whole value where they are not given. */
  from?: number;
  to?: number;
  /** True where the name is the member's key, up to its character `to` where that is given. */
  key?: boolean;
}

/** A thing with a name. */
export interface Entity {
  /** In words: `step`, `parameter`, `property file`. */
  kind: string;
  name: string;
  declarations: readonly Place[];
  uses: readonly Place[];
  /** What a new name must look like; names are not renamed where it is absent. */
  form?: { pattern: RegExp; words: string };
}

/** The range of the name at `place`, without quotes. */
export function placeRange(tree: Tree, place: Place): Range {
  const { start, end } = placeOffsets(tree, place);
  return tree.range(start, end);
}

/** {@link placeRange} in offsets. */
export function placeOffsets(tree: Tree, place: Place): { start: number; end: number } {
  if (place.key) {
    const quote = /^["']/.test(tree.text.slice(place.node.keyStart, place.node.keyStart + 1)) ? 1 : 0;
    const start = place.node.keyStart + quote;
    return { start, end: place.to === undefined ? place.node.keyEnd - quote : start + place.to };
  }
  return tree.within(place.node, place.from ?? 0, place.to ?? (place.node.text ?? '').length);
}

/** The entity named at `offset`, and the very place. */
export function entityAt(
  tree: Tree,
  entities: Iterable<Entity>,
  offset: number,
): { entity: Entity; place: Place } | undefined {
  const node = tree.nodeAt(offset);
  if (!node) return undefined;
  for (const entity of entities) {
    for (const place of [...entity.declarations, ...entity.uses]) {
      if (place.node !== node) continue;
      const { start, end } = placeOffsets(tree, place);
      if (offset >= start && offset <= end) return { entity, place };
    }
  }
  return undefined;
}

/** Where the name at `offset` is declared. */
export function definitionsAt(tree: Tree, entities: Iterable<Entity>, offset: number): Range[] {
  const found = entityAt(tree, entities, offset);
  return found ? found.entity.declarations.map((place) => placeRange(tree, place)) : [];
}

/** Every place that names what is named at `offset`. */
export function referencesAt(tree: Tree, entities: Iterable<Entity>, offset: number, declarations: boolean): Range[] {
  const found = entityAt(tree, entities, offset)?.entity;
  if (!found) return [];
  return [...(declarations ? found.declarations : []), ...found.uses].map((place) => placeRange(tree, place));
}

/** The name at `offset` where it can be changed. */
export function renamableAt(
  tree: Tree,
  entities: Iterable<Entity>,
  offset: number,
): { range: Range; name: string } | undefined {
  const found = entityAt(tree, entities, offset);
  if (!found?.entity.form || found.entity.declarations.length === 0) return undefined;
  return { range: placeRange(tree, found.place), name: found.entity.name };
}

/** The edits that give what is named at `offset` a new name, or a sentence why it cannot have it. */
export function renameAt(
  tree: Tree,
  entities: readonly Entity[],
  offset: number,
  newName: string,
): TextEdit[] | string {
  const entity = entityAt(tree, entities, offset)?.entity;
  if (!entity?.form || entity.declarations.length === 0) return 'This element cannot be renamed.';
  if (!entity.form.pattern.test(newName)) return `A ${entity.kind} name must be ${entity.form.words}.`;
  if (
    newName !== entity.name &&
    entities.some((other) => other.kind === entity.kind && other.name === newName && other.declarations.length > 0)
  ) {
    return `There is already a ${entity.kind} named ${newName}. Choose another name.`;
  }
  return [...entity.declarations, ...entity.uses].map((place) => ({
    range: placeRange(tree, place),
    newText: writtenAt(tree, place, newName),
  }));
}

/** A new name as it is written at a place: in Terraform's own language a name without quotes may need some now. */
function writtenAt(tree: Tree, { node, key }: Place, name: string): string {
  const written = JSON.stringify(name);
  const isBare = key === true && tree.style === 'hcl' && tree.text[node.keyStart] !== '"';
  return isBare && !/^[A-Za-z_][\w-]*$/.test(name) ? written : written.slice(1, -1);
}

/** Collects entities by kind and name while a model is walked. */
export class EntityIndex {
  private readonly entities = new Map<string, { entity: Entity; declarations: Place[]; uses: Place[] }>();

  constructor(private readonly forms: Readonly<Record<string, Entity['form']>>) {}

  /** `owner` separates names that are unique only in it: the property files of a step. */
  declare(kind: string, name: string, place: Place, owner = ''): void {
    this.entry(kind, name, owner).declarations.push(place);
  }

  use(kind: string, name: string, place: Place, owner = ''): void {
    this.entry(kind, name, owner).uses.push(place);
  }

  all(): Entity[] {
    return [...this.entities.values()].map(({ entity }) => entity);
  }

  private entry(kind: string, name: string, owner: string): { declarations: Place[]; uses: Place[] } {
    const id = `${kind}\0${owner}\0${name}`;
    let entry = this.entities.get(id);
    if (!entry) {
      const declarations: Place[] = [];
      const uses: Place[] = [];
      const form = this.forms[kind];
      entry = { entity: { kind, name, declarations, uses, ...(form ? { form } : {}) }, declarations, uses };
      this.entities.set(id, entry);
    }
    return entry;
  }
}
