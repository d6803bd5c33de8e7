import type { Runbook, RunbookStep, Verb } from '#contract/runbook.ts';
import type { StepField } from '#contract/runbook-edit.ts';
import { type ArgumentShape, MEASURES, MODIFIER_WORDS, SHOWN, VERBS } from '#contract/runbook-grammar.ts';
import type { Known } from '../types.ts';
import { readDirectiveWords } from './directive-words.ts';

/*
 * What a form asks of a directive, from the table of verbs. Pure.
 */

/** A field before what the lint says of it. */
export type Asked = Omit<StepField, 'problems'>;
type Option = StepField['options'][number];
type Around = { runbook: Pick<Runbook, 'inputs' | 'sections'>; known: Known };

/** The fields of a directive, in the order in which they are asked. */
export function fieldsOf(directive: string, around: Around): Asked[] {
  const { verb, words } = readDirectiveWords(directive);
  if (verb === null) return [];
  const values = new Map(words.map(({ key, value }) => [key, value]));
  return [...placedFields(verb), ...argumentFields(verb, around), ...modifierFields(verb)].map((field) => {
    const value = values.get(field.key) ?? '';
    return { ...field, value, options: withOwn(field, value), seldom: field.seldom && value === '' };
  });
}

/** What a closed field holds can always be chosen again. */
function withOwn({ closed, options }: Asked, value: string): Option[] {
  const known = !closed || options.some((option) => option.value === value);
  return known ? options : [...options, { value, title: value === '' ? 'none' : value }];
}

function field(key: string, title: string, says: string, more: Partial<Asked> = {}): Asked {
  return { key, title, says, value: '', closed: false, options: [], required: false, seldom: false, ...more };
}

function same(value: string): Option {
  return { value, title: value };
}

function placedFields(verb: Verb): Asked[] {
  switch (verb) {
    case 'verify':
      return [
        field('check', 'What must hold', 'a measure, and what it is compared with', {
          required: true,
          options: Object.values(MEASURES).map(({ example }) => same(example.replace(/ (?:for|within) .*$/, ''))),
        }),
        field('within', 'By when', 'it has failed if it does not hold by then, such as 30m', { required: true }),
        field('for', 'For how long', 'it must hold without a break, such as 10m; empty: once is enough'),
        field('every', 'Measured every', 'such as 30s', { seldom: true }),
      ];
    case 'show':
      return [
        field('what', 'What is shown', 'such as tasks(agent=…, state=failed, within=15m)', {
          required: true,
          options: SHOWN.map((shown) => same(shown)),
        }),
      ];
    case 'wait':
      return [field('span', 'How long', 'such as 5m', { required: true })];
    case 'ask':
      return [
        field('kind', 'What is answered', 'a choice of those that stand under the step, or a text', {
          required: true,
          closed: true,
          options: [
            { value: 'choice', title: 'one of the choices' },
            { value: 'text', title: 'a text' },
          ],
        }),
        field('name', 'Name of the answer', 'later steps use the answer by this name', { required: true }),
      ];
    default:
      return [];
  }
}

function argumentFields(verb: Verb, around: Around): Asked[] {
  if (verb === 'show' || verb === 'verify') return [];
  return Object.entries(VERBS[verb].args).map(([key, shape]) =>
    field(key, titleOf(key), shape.names === 'agent' ? AGENT_SAYS : shape.says, {
      required: shape.need === 'required',
      closed: shape.words.length > 0,
      options: optionsOf(verb, key, shape, around),
    }),
  );
}

const AGENT_SAYS = 'whose tasks; a name in braces is filled in by the run';

function titleOf(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function optionsOf(verb: Verb, key: string, shape: ArgumentShape, { runbook, known }: Around): Option[] {
  if (shape.words.length > 0) {
    const none = shape.need === 'optional' ? [{ value: '', title: 'any' }] : [];
    return [...none, ...shape.words.map(same)];
  }
  if (shape.names === null) return [];
  const inputs = runbook.inputs.filter(({ type }) => type === shape.names).map(({ name }) => same(`\${${name}}`));
  const back = verb === 'reroute' && key === 'to' ? [same('default')] : [];
  return [...inputs, ...NAMES[shape.names](known).map(same), ...back];
}

const NAMES = {
  agent: ({ agents }: Known) => agents,
  provider: ({ providers }: Known) => providers,
  alert: ({ alerts }: Known) => alerts,
} as const;

function modifierFields(verb: Verb): Asked[] {
  const { mutates, leased } = VERBS[verb];
  const said = (key: keyof typeof MODIFIER_WORDS): string =>
    `${MODIFIER_WORDS[key].says}, such as ${MODIFIER_WORDS[key].example.replace(/^\w+=/, '')}`;
  const lease = field('for', 'Ends by itself after', 'a lease: it is undone then, such as 30m');
  const confirm = field('confirm', 'Confirmed by', 'nobody acts without it', {
    closed: true,
    options: [
      { value: '', title: 'nobody' },
      { value: 'press', title: 'a press' },
      { value: 'type', title: 'its name, typed' },
    ],
  });
  return [
    ...(leased ? [lease] : []),
    ...(verb === 'reroute'
      ? [
          field('ramp', 'Little first', said('ramp'), { seldom: true }),
          field('hold', 'Each share is watched for', 'such as 2m', { seldom: true }),
        ]
      : []),
    ...(mutates ? [confirm] : []),
    ...(mutates ? [field('approve', 'People who agree', '1 when empty; 2 for a second person', { seldom: true })] : []),
    ...(mutates ? [field('timeout', 'Its effect must be seen within', 'such as 2m', { seldom: true })] : []),
    field('when', 'Only where', said('when'), { seldom: true }),
    field('required', 'Can be skipped', 'whether somebody may go on past it, with a reason', {
      closed: true,
      seldom: true,
      options: [
        { value: '', title: 'yes' },
        { value: 'yes', title: 'no, it must pass' },
      ],
    }),
    field('id', 'Id', 'the name it goes by in other steps; by itself it is made from section and title', {
      seldom: true,
    }),
  ];
}

/** The fields of what stands under a step. */
export function keyFieldsOf(step: RunbookStep, { runbook }: Around): Asked[] {
  const acts = step.directive !== null && VERBS[step.directive.verb].mutates;
  const fails = acts || step.directive?.verb === 'verify';
  const sections = runbook.sections.map(({ id, title }) => ({ value: id, title }));
  const of = (key: 'verify' | 'undo' | 'else' | 'note', value: string | null, asked: boolean, made: Asked): Asked[] => {
    const text = value ?? '';
    return asked || text !== '' ? [{ ...made, key, value: text, options: withOwn(made, text) }] : [];
  };
  return [
    ...of(
      'verify',
      step.verifyText,
      acts,
      field('verify', 'Its effect is seen when', 'such as running_tasks(agent=…) == 0 within 5m'),
    ),
    ...of('undo', step.undo, acts, field('undo', 'Undone by', 'a directive, such as resume agent=…')),
    ...of(
      'else',
      step.else,
      fails && step.directive !== null,
      field('else', 'Where it leads when it fails', 'a section of this runbook', {
        closed: true,
        options: [{ value: '', title: 'nowhere: it is tried again or skipped' }, ...sections],
      }),
    ),
    ...of('note', step.note, true, field('note', 'Note', 'one line that stands out while the step is open')),
  ];
}
