/** What the arguments and properties of pipeline steps are made of, from the generated tables. */
import generated from '../generated/shapes.json';
import { type RawTable, ServiceTable, type Structure } from '../shape/service-table';

export type { Limit, Shape, Structure } from '../shape/service-table';

const { types, ...raw } = generated as RawTable & { types: Record<string, string[] | undefined> };
const table = new ServiceTable(raw);

/** The structures that a step type's arguments and properties come from: arguments first. */
export function structuresOf(type: string): readonly Structure[] {
  return (types[type] ?? []).map(structure);
}

/** A structure by the service's name. Throws where the tables don't have it: a fault of this program. */
export function structure(name: string): Structure {
  return table.structure(name);
}
