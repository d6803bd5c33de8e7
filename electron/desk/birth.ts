/* The hosts tell processes apart as the runner does. */
export { birthOf } from '../runner/birth.ts';
