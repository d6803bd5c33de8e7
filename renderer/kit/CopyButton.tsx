import { useEffect, useState } from 'react';
import { Button } from './Button.tsx';

/** How long the answer stands on the button, ms. */
const ANSWER_MS = 2_000;

/** Copies a text, and says on itself whether it did. */
export function CopyButton({
  text,
  label,
  className,
}: {
  text: string;
  label: string;
  className?: string | undefined;
}) {
  const [answer, setAnswer] = useState<string | null>(null);

  useEffect(() => {
    if (answer === null) return;
    const timer = setTimeout(() => setAnswer(null), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [answer]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setAnswer('Copied');
    } catch {
      setAnswer('Not allowed to copy');
    }
  }

  return (
    <Button className={className} onClick={() => void copy()}>
      <span aria-live="polite">{answer ?? label}</span>
    </Button>
  );
}
