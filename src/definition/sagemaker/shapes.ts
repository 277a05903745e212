/** What the arguments and properties of pipeline steps are made of, from the generated tables. */
import generated from '../generated/shapes.json';
import { shapeOfStructure, type Words } from '../shape/from-service';
import { type RawTable, ServiceTable, type Structure } from '../shape/service-table';

import type { ObjectShape } from '../shape/shape';

export type { Limit, Shape, Structure } from '../shape/service-table';

const { types, ...raw } = generated as RawTable & { types: Record<string, string[] | undefined> };
const table = new ServiceTable(raw);

/** The structures that a step type's arguments and properties come from: arguments first. */
export function structuresOf(type: string): readonly Structure[] {
  return (types[type] ?? []).map(structure);
}

/** The shape of a structure, to be completed and explained; `documentation` tells what members are for. */
export function shapeOf(name: string, documentation: NonNullable<Words['documentation']>): ObjectShape {
  return shapeOfStructure(table, name, { members: {}, patterns: {}, documentation });
}

/** A structure by the service's name. Throws where the tables don't have it: a fault of this program. */
export function structure(name: string): Structure {
  return table.structure(name);
}
