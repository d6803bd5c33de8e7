import type { RunRecord, StepRecord } from './record.ts';

/**
 * Everything that a shell step is told, as variables: what `${name}` stands for, what earlier steps came to, and which
 * step of which run it is. `agent` is INPUT_AGENT, `steps.cause.value` INPUT_STEPS_CAUSE_VALUE.
 * @param key of the try: a repeat after a crash has the same
 */
export function variablesOf(record: RunRecord, step: StepRecord, key: string): Record<string, string> {
  const values = {
    ...record.values,
    ...outcomesOf(record),
    run: String(record.run.id),
    step: step.source.id,
    key,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `INPUT_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`,
      value.replaceAll('\0', ''),
    ]),
  );
}

/** What earlier steps came to, by their ids. */
function outcomesOf(record: RunRecord): Record<string, string> {
  return Object.fromEntries(
    record.steps.flatMap((step) => {
      const value = step.answer ?? step.value;
      return value === null ? [] : [[`steps.${step.source.id}.value`, value]];
    }),
  );
}
