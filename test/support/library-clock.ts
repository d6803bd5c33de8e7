/*
 * Loaded by a worker before anything else: its clock starts where its desk's stood when it was forked.
 */

const ahead = Number(process.env.NIGHTDESK_TEST_NOW) - Date.now();
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [RealDate.now() + ahead] : given) as [number]));
  }
  static override now(): number {
    return RealDate.now() + ahead;
  }
} as DateConstructor;
