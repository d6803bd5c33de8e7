import { Key } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './waiting.module.css';

type Props = {
  legend: string;
  name: string;
  choices: readonly { value: string; label: string }[];
  chosen: string | null;
  onChoose(value: string): void;
};

/** What can be chosen, each with its digit. */
export function ChoiceList({ legend, name, choices, chosen, onChoose }: Props) {
  return (
    <fieldset className={styles.choices}>
      <legend className={ink.hidden}>{legend}</legend>
      {choices.map(({ value, label }, index) => (
        <label key={value} data-chosen={value === chosen || undefined}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          <span className={styles.choiceName}>{value}</span>
          <span className={styles.choiceLabel}>{label === value ? '' : label}</span>
          {index < 9 ? <Key>{String(index + 1)}</Key> : null}
        </label>
      ))}
    </fieldset>
  );
}

/** The digits choose. */
export function digitKeys(
  choices: readonly { value: string }[],
  onChoose: (value: string) => void,
): Record<string, () => void> {
  return Object.fromEntries(choices.slice(0, 9).map(({ value }, index) => [String(index + 1), () => onChoose(value)]));
}
