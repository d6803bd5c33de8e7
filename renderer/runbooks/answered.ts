/** A call of the desk as a value: what came of it, or why it was refused. */
export type Answered<T> = { value: T; refusal: null } | { value: null; refusal: string };
