import model from '../generated/service-model.json';

/** One shape of a service's public model: its type and limits. */
export interface Shape {
  type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'integer'
    | 'long'
    | 'double'
    | 'float'
    | 'boolean'
    | 'timestamp'
    | 'blob';
  /** Least and greatest value of a number, length of a string, count of a list or map. */
  min?: number;
  max?: number;
  /** What the whole string must match. */
  pattern?: string;
  enum?: string[];
  required?: string[];
  /** Names of the members' shapes. */
  members?: Record<string, string>;
  /** Shape of a list's elements. */
  member?: string;
  /** Shapes of a map's keys and values. */
  key?: string;
  value?: string;
}

/** The shapes of one service, and the requests of its operations. */
export interface ServiceModel {
  operations: Record<string, { input: string; output?: string }>;
  shapes: Record<string, Shape>;
}

/** Derived by `scripts/make-service-model.mjs` from the public service models. */
export const serviceModels = model as unknown as Record<'sagemaker' | 'logs', ServiceModel>;
