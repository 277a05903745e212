/** Where a member of a REST request or answer is written, where that is not the body. */
export type Location = 'header' | 'headers' | 'uri' | 'querystring' | 'statusCode';

/** How a member is written on the wire, where that is not by its own name in the body. */
export interface Binding {
  location?: Location;
  /** Its name there; for `headers`, the beginning that all of them have. */
  name?: string;
  /** A list or map of XML whose elements stand in the parent itself. */
  flattened?: true;
}

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
  /** How members are written, for those that need it. */
  bindings?: Record<string, Binding>;
  /** The member that is the whole body of a REST request or answer. */
  payload?: string;
  /** Shape of a list's elements, and their name in XML where that is not `member`. */
  member?: string;
  memberName?: string;
  /** A list or map of XML whose elements stand in the parent itself. */
  flattened?: true;
  /** Shapes of a map's keys and values. */
  key?: string;
  value?: string;
  /** How a timestamp is written, where that is not the protocol's own way. */
  timestampFormat?: 'iso8601' | 'rfc822' | 'unixTimestamp';
}

/** One operation: its shapes, and for REST its method and place. */
export interface OperationModel {
  input?: string;
  output?: string;
  http?: { method: string; uri: string; status?: number };
}

/** The public model of one service: all that Local knows of its wire. */
export interface ServiceModel {
  /** Namespace of its XML. */
  xmlNamespace?: string;
  operations: Record<string, OperationModel>;
  shapes: Record<string, Shape>;
  /**
   * The requests of all operations of a REST service, those too that Local does not have: method, place, and
   * the names of headers and query parameters that must be there.
   */
  routes?: Record<string, readonly string[]>;
}
