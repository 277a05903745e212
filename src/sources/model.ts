/** Where pipelines are made by a program: the static picture, got without running anything. */

/** A parameter of the Python function that makes a pipeline. */
export interface SourceParameter {
  name: string;
  /** The default as it is written; undefined where the caller has to give a value. */
  default?: string;
  /** Its annotation as it is written. */
  annotation?: string;
  /** The script's own command line has an option of its name, which gives a value where it is not told. */
  option?: true;
  /** What the function reads of it by name, as of a dictionary. */
  keys?: readonly string[];
}

/** What has to be called, or run, to get the pipeline. */
export type Maker =
  /** A function of the module, called with arguments. */
  | { kind: 'function'; name: string; parameters: readonly SourceParameter[] }
  /** A method of a class: an object is made first. */
  | { kind: 'method'; className: string; name: string; parameters: readonly SourceParameter[] }
  /** The module's top level. */
  | { kind: 'module' }
  /** What stands under `if __name__ == "__main__":`. */
  | { kind: 'main' }
  /** The cells of a notebook, in their order. */
  | { kind: 'notebook' }
  /** A resource of a template, a plan or a request: nothing has to be run. */
  | { kind: 'template'; resource: string }
  /** The file itself is the definition. */
  | { kind: 'definition' };

/** One pipeline that a Python script or a notebook makes. */
export interface PythonPipeline {
  maker: Maker;
  /**
   * The pipeline's name where it can be read: a literal, a constant of the module, or the default of the parameter
   * that is taken for it.
   */
  name?: string;
  /** The parameter of the function that the name is taken from. */
  nameFrom?: string;
  /** The line of the text where the maker begins, from 0: of a function its `def`, of a notebook the line of the cell. */
  line: number;
  /** The cell of a notebook, from 0. */
  cell?: number;
  /** The generation of the SageMaker Python SDK whose classes it uses. */
  sdk: 2 | 3;
}
