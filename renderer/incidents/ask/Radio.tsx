import type { RefObject } from 'react';

type RadioProps = {
  name: string;
  text: string;
  checked: boolean;
  inputRef?: RefObject<HTMLInputElement | null> | undefined;
  onChoose(): void;
};

/** One of several that can be chosen. */
export function Radio({ name, text, checked, inputRef, onChoose }: RadioProps) {
  return (
    <label>
      <input ref={inputRef} type="radio" name={name} checked={checked} onChange={onChoose} />
      {text}
    </label>
  );
}
