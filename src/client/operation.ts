/** A document with the types of its result and variables; both live in the compiler only. */
export interface Operation<Result, Variables> {
  readonly name: string;
  readonly text: string;
  /** Never set: it is what ties the two types to the document. */
  readonly types?: (variables: Variables) => Result;
}
